import { runInitProgram } from '../../program/init-program.ts';
import { isRefusal } from '../../program/refusal.ts';
import { parseInstallArguments } from './arguments.ts';
import { install } from './install.ts';

await runInitProgram('install', async (stop) => {
  const options = parseInstallArguments(process.argv.slice(2));
  if (isRefusal(options)) return options;
  return await install(options, { environment: process.env, log: console.log, stop });
});

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parsePrepareArguments } from './arguments.ts';
import { prepare } from './prepare.ts';
import { isRefusal } from '../program/refusal.ts';
import { runInitProgram } from '../program/init-program.ts';

await runInitProgram('prepare', async (stop) => {
  const options = parsePrepareArguments(process.argv.slice(2));
  if (isRefusal(options)) return options;
  const programs = path.dirname(fileURLToPath(import.meta.url));
  return await prepare(options, {
    programs,
    // /opt/buildless/bin in the toolkit image.
    tools: process.env.BUILDLESS_TOOLS ?? path.join(programs, '../bin'),
    environment: process.env,
    log: console.log,
    stop,
  });
});

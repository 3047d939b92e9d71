// `npm run bench [-- NAME...] [--quick] [-o json] [flags of the benchmark]`: builds what ships, then runs bench/NAME.ts, or
// all of bench/*.ts one after the other. Markdown tables go to standard output, progress to standard error; with
// `-o json` one object, a key for each benchmark.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setUp } from './set-up.mjs';
import { usage } from './usage.mjs';

const known = readdirSync('bench')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();
usage(`
Usage: npm run bench -- [NAME...] [--quick] [-o json]

Builds what ships and runs the benchmarks, all of them without a NAME, which takes an hour. Tables go to standard output, progress
to standard error.

NAME       ${known.join(', ')}
--quick    fewer rounds, where the benchmark has them
-o json    one object with a key for each benchmark

Other flags are given to the benchmarks: bench/NAME.ts names them.`);
await setUp();
const { names, flags, json } = parse(process.argv.slice(2));
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`unknown benchmarks: ${unknown.join(', ')}; known: ${known.join(', ')}`);
  process.exit(2);
}

console.error('building dist/ (node scripts/build.mjs)');
await import('./build.mjs');

const results = {};
for (const name of names.length > 0 ? names : known) {
  console.error(`\n== ${name}`);
  const { status, output } = await run(name);
  if (status !== 0) process.exitCode = 1;
  if (json && status === 0) results[name] = JSON.parse(output);
}
if (json) console.log(JSON.stringify(results, null, 2));

/** Benchmarks are words; from the first flag on everything is for them. */
function parse(args) {
  const first = args.findIndex((arg) => arg.startsWith('-'));
  const split = first === -1 ? args.length : first;
  const flags = args.slice(split);
  const json = flags.some((flag, index) =>
    ['-o', '--output'].includes(flag) ? flags[index + 1] === 'json' : ['-o=json', '--output=json'].includes(flag),
  );
  return { names: args.slice(0, split), flags, json };
}

function run(name) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', `bench/${name}.ts`, ...flags], {
      stdio: ['ignore', json ? 'pipe' : 'inherit', 'inherit'],
    });
    // Ctrl-C reaches the whole group; the benchmark ends what it started.
    process.on('SIGINT', () => {});
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}

// `npm run verify`: everything that must hold before a change lands, from a fresh clone, in one command.
import { spawnSync } from 'node:child_process';
import { setUp } from './set-up.mjs';

await setUp();

const steps = [
  ['type-check', ['npx', 'tsc', '-p', '.']],
  ['lint', ['npx', 'eslint', '.', '--max-warnings', '0']],
  ['format', ['npx', 'prettier', '--check', '--log-level', 'warn', '.']],
  ['unused', ['npx', 'knip']],
  ['test', ['npx', 'vitest', 'run']],
  ['test:cluster', ['npx', 'vitest', 'run', '--config', 'vitest.cluster.config.ts']],
  ['test:node', ['npx', 'vitest', 'run', '--config', 'vitest.node.config.ts']],
];

const results = [];
for (const [name, [command, ...args]] of steps) {
  console.log(`\n== ${name}: ${command} ${args.join(' ')}`);
  const started = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  results.push({ name, ok: status === 0, seconds: (performance.now() - started) / 1000 });
}

console.log('');
for (const { name, ok, seconds } of results)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.toFixed(1)} s`);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;

// `npm run fuzz`: builds what ships, then sends mutated reviews to it (test/hostile/fuzz.ts).
import { spawnSync } from 'node:child_process';
import { setUp } from './set-up.mjs';
import { usage } from './usage.mjs';

usage(`
Usage: npm run fuzz -- [--minutes N] [--seed N]

Builds what ships, sends mutated reviews to it, and prints the seed of each that fails.`);

await setUp();
await import('./build.mjs');
const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'test/hostile/fuzz.ts', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

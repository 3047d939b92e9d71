// `npm run fuzz [-- --minutes N] [--seed N]`: builds what ships, then sends mutated reviews to it (test/hostile/fuzz.ts).
import { spawnSync } from 'node:child_process';
import { setUp } from './set-up.mjs';

await setUp();
await import('./build.mjs');
const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'test/hostile/fuzz.ts', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

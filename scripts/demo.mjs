// `npm run demo`: sets everything up, builds what ships, and runs demo/main.ts.
import { spawn } from 'node:child_process';
import { setUp } from './set-up.mjs';
import { usage } from './usage.mjs';

usage(`
Usage: npm run demo -- [--keep]

Shows the main path on this machine, with real installations: webhook over TLS, patch, HTTP calls, a refusal. Half a minute.

--keep  leaves the Functions running, and prints curl lines to try`);

await setUp();
console.log('building dist/ (node scripts/build.mjs)');
await import('./build.mjs');

const demo = spawn(process.execPath, ['--import', 'tsx', 'demo/main.ts', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// Ctrl-C reaches the whole group; the demo ends what it started, and this waits for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => demo.kill('SIGTERM'));
demo.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});

// `npm run record`: builds what ships, and runs demo/record.ts.
import { spawn } from 'node:child_process';
import { setUp } from './set-up.mjs';
import { usage } from './usage.mjs';

usage(`
Usage: npm run record

Follows docs/tutorial.md on a real node of this machine, and writes docs/tutorial.cast and docs/tutorial.svg. It needs what
\`npm run test:node\` needs (CONTRIBUTING.md), and takes some minutes.`);

await setUp();
await import('./build.mjs');

const recorder = spawn(process.execPath, ['--import', 'tsx', 'demo/record.ts'], { stdio: 'inherit' });
recorder.on('exit', (code) => {
  process.exitCode = code ?? 1;
});

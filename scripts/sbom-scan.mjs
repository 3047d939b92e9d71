// `npm run sbom:scan`: gives what `buildless sbom` prints to OSV-Scanner (test/sbom/scan.ts).
import { spawnSync } from 'node:child_process';
import { setUp } from './set-up.mjs';
import { usage } from './usage.mjs';

usage(`
Usage: npm run sbom:scan

Compiles OSV-Scanner (once; needs Go, and takes minutes), and has it find an advisory in a CycloneDX and in an SPDX file of "buildless sbom".`);

await setUp();
await import('./build.mjs');
const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'test/sbom/scan.ts'], { stdio: 'inherit' });
process.exitCode = status ?? 1;

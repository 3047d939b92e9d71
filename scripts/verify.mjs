// `npm run verify`: everything that must hold before a change lands, from a fresh clone, in one command.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setUp } from './set-up.mjs';

await setUp();

/**
 * Folders of src and test that check and write without processes or networks: coverage of their own tests costs seconds. For
 * all tests it costs half as much CPU again: `npm run coverage` shows it on demand.
 */
const CORE = ['config', 'doctor', 'function', 'inject', 'manifests', 'outcome', 'revision'];
const COVERAGE = [
  '--coverage',
  '--coverage.reporter=text-summary',
  ...CORE.map((folder) => `--coverage.include=src/${folder}/**`),
];

const steps = [
  ['type-check', ['npx', 'tsc', '-p', '.']],
  ['lint', ['npx', 'eslint', '.', '--max-warnings', '0']],
  ['layers', ['npm', 'run', '--silent', 'layers']],
  ['format', ['npx', 'prettier', '--check', '--log-level', 'warn', '.']],
  ['unused', ['npx', 'knip']],
  ['test', ['npx', 'vitest', 'run', ...CORE.map((folder) => `--exclude=test/${folder}/**`)]],
  ['test:core', ['npx', 'vitest', 'run', ...CORE.map((folder) => `test/${folder}/`), ...COVERAGE]],
  ['test:cluster', ['npx', 'vitest', 'run', '--config', 'vitest.cluster.config.ts']],
  ['test:node', ['npx', 'vitest', 'run', '--config', 'vitest.node.config.ts']],
];

// The tests that fail are named once more at the very end, where a long log is read first (test/summary.ts writes them).
const scratch = mkdtempSync(join(tmpdir(), 'buildless-verify-'));
const failures = join(scratch, 'failures');
writeFileSync(failures, '');

const results = [];
for (const [name, [command, ...args]] of steps) {
  console.log(`\n== ${name}: ${command} ${args.join(' ')}`);
  const started = performance.now();
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, BUILDLESS_VERIFY_FAILURES: failures },
  });
  results.push({ name, ok: status === 0, seconds: (performance.now() - started) / 1000 });
}

console.log('');
for (const { name, ok, seconds } of results)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.toFixed(1)} s`);
const named = readFileSync(failures, 'utf8');
rmSync(scratch, { recursive: true });
if (named !== '') console.log(`\nTests that failed:\n${named}`);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;

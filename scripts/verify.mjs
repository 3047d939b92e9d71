// `npm run verify`: everything that must hold before a change lands, from a fresh clone, in one command. What is independent runs
// side by side; each step writes to a log of its own, which is printed when the step ends.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setUp } from './set-up.mjs';
import { usage } from './usage.mjs';
import { runSteps } from './verify/run-steps.mjs';

usage(`
Usage: npm run verify

Runs everything that CI runs: type-check, lint, format, unused code, all tests. It sets a fresh clone up, and takes about 45 minutes on 2
cores. Each step has a log in .build/verify. CONTRIBUTING.md lists the tests for one change.`);
await setUp();

/**
 * Folders of src and test that check and write without processes or networks: coverage of their own tests costs seconds. For
 * all tests it costs half as much CPU again: `npm run coverage` shows it on demand.
 */
const CORE = [
  'config',
  'doctor',
  'function',
  'inject',
  'json',
  'manifests',
  'namespace',
  'outcome',
  'report',
  'revision',
  'yaml',
];
const COVERAGE = [
  '--coverage',
  '--coverage.reporter=text-summary',
  ...CORE.map((folder) => `--coverage.include=src/${folder}/**`),
];

const vitest = (...args) => ['npx', 'vitest', 'run', ...args];

/** `after`: the steps that must have ended well. Those that others wait for come first. */
const STEPS = [
  { name: 'dist', command: ['node', 'scripts/build.mjs'] },
  { name: 'control-plane', command: ['npx', 'tsx', 'test/cluster/kubernetes/prepare.ts'] },
  { name: 'images', command: ['npx', 'tsx', 'test/node/machine/prepare.ts'] },
  { name: 'type-check', command: ['npx', 'tsc', '-p', '.'] },
  { name: 'lint', command: ['npx', 'eslint', '.', '--max-warnings', '0'] },
  { name: 'layers', command: ['npm', 'run', '--silent', 'layers'] },
  { name: 'format', command: ['npx', 'prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'unused', command: ['npx', 'knip'] },
  {
    name: 'test:node',
    command: vitest('--config', 'vitest.node.config.ts'),
    after: ['dist', 'control-plane', 'images'],
    env: { BUILDLESS_IMAGES_ARE_BUILT: '1' },
  },
  {
    name: 'test:cluster',
    command: vitest('--config', 'vitest.cluster.config.ts'),
    after: ['dist', 'control-plane'],
  },
  { name: 'test', command: vitest(...CORE.map((folder) => `--exclude=test/${folder}/**`)), after: ['dist'] },
  { name: 'test:core', command: vitest(...CORE.map((folder) => `test/${folder}/`), ...COVERAGE), after: ['dist'] },
];

/** Two cores: a suite on a cluster waits more than it works. */
const AT_ONCE = 3;

// The tests that fail are named again at the very end, where a long log is read first (test/summary.ts writes them).
const scratch = mkdtempSync(path.join(tmpdir(), 'buildless-verify-'));
const failures = path.join(scratch, 'failures');
writeFileSync(failures, '');
const results = await runSteps(STEPS, {
  atOnce: AT_ONCE,
  logs: path.resolve('.build/verify'),
  env: { ...process.env, BUILDLESS_VERIFY_FAILURES: failures, BUILDLESS_DIST_IS_BUILT: '1' },
});

console.log('');
for (const { name, outcome, seconds } of results) {
  console.log(`${outcome.padEnd(7)} ${name.padEnd(14)} ${seconds.toFixed(1).padStart(7)} s`);
}
const named = readFileSync(failures, 'utf8');
rmSync(scratch, { recursive: true });
if (named !== '') console.log(`\nTests that failed, or passed at the second attempt:\n${named}`);
console.log(`\n${total(results)}`);
process.exitCode = results.every(({ outcome }) => outcome === 'ok') ? 0 : 1;

/** The sum of the suites' own closing lines. */
function total(all) {
  const counts = [0, 0, 0];
  for (const { log } of all) {
    const lines = [...readFileSync(log, 'utf8').matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)];
    lines
      .at(-1)
      ?.slice(1)
      .forEach((count, index) => (counts[index] += Number(count)));
  }
  return `${counts[0]} passed, ${counts[1]} failed, ${counts[2]} skipped`;
}

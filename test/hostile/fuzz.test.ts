import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const SECONDS = '6';
const SEED = '20261128';

it('mutated reviews are answered, every patch applies, and a patched Pod is left alone (npm run fuzz runs for longer)', () => {
  const program = path.join(import.meta.dirname, 'fuzz.ts');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', program, '--seconds', SECONDS, '--seed', SEED],
    { encoding: 'utf8', timeout: 100_000 },
  );
  expect(status, stdout + stderr).toBe(0);
  const [, patches] = /, (\d+) patches/.exec(stdout) ?? [];
  expect(Number(patches)).toBeGreaterThan(0);
});

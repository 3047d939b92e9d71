import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import { requestFor, sourceOf, contextWith } from '../admission/review-of.ts';
import { fullPod } from './pods.ts';
import { HOSTILE_REVIEWS } from './reviews.ts';

/** An eighth of what etcd takes: a reader that is quadratic, with a nanosecond a step, takes 17 s for it. */
const BYTES = 128 * 1024;
/** Of CPU, for each. The promise is one second for 1 MiB, and this machine may be a few times as slow as the one that it was made on. */
const LONGEST_MILLISECONDS = 3000;
const LONGEST_MESSAGE = 20_000;

interface Measured {
  readonly name: string;
  readonly milliseconds: number;
  readonly message: number;
}

/** @param only reviews whose name holds this */
function measure(part: string, only: string): readonly Measured[] {
  const program = path.join(import.meta.dirname, 'measure.ts');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', program, String(BYTES), part, only],
    { encoding: 'utf8', timeout: 240_000, maxBuffer: 64 * 1024 * 1024 },
  );
  const lines = stdout.trim().split('\n');
  expect(status, `it did not end; the last review: ${lines.at(-1) ?? ''}\n${stderr}`).toBe(0);
  return lines
    .map((line): Partial<Measured> & { readonly name: string } => JSON.parse(line) as Measured)
    .filter((line): line is Measured => line.milliseconds !== undefined);
}

describe('a review that is meant to keep the webhook busy', () => {
  it('is made of a Pod that is injected, so that every step sees its texts', async () => {
    const mutate = createMutate(contextWith({ source: sourceOf({ 'handler.js': '' }) }));
    expect((await mutate(requestFor(fullPod))).outcome).toBe('injected');
  });

  it.each([
    ['ConfigMap', '1/2'],
    ['ConfigMap', '2/2'],
    ['Deployment', '1/1'],
    ['Pod', '1/2'],
    ['Pod', '2/2'],
  ])(
    'is answered in linear time, in a message that a person can read: %s, part %s',
    (only, part) => {
      const measured = measure(part, only);
      expect(measured.length).toBeGreaterThan(5);
      expect(measured.filter(({ milliseconds }) => milliseconds > LONGEST_MILLISECONDS)).toEqual([]);
      expect(measured.filter(({ message }) => message > LONGEST_MESSAGE)).toEqual([]);
    },
    250_000,
  );

  it('has a name of its own', () => {
    expect(new Set(HOSTILE_REVIEWS.map(({ name }) => name)).size).toBe(HOSTILE_REVIEWS.length);
  });
});

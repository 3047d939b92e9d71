import { afterEach, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/admission/review.ts';
import { eventually } from '../eventually.ts';
import { ask } from './client.ts';
import { reviewText, run, verdict, type Running } from './running.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** The lines of reviews that end in these ways; so many are expected, one of which may still be on its way to the disk. */
async function linesOf(
  logLevel: 'debug' | 'info' | 'error',
  verdicts: readonly Partial<Verdict>[],
  more: Parameters<typeof reviewText>[1] = {},
  expected = verdicts.length,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const server = await run({
    logLevel,
    mutate: ({ uid }) => Promise.resolve({ ...verdict(uid), ...verdicts[Number(uid)] }),
  });
  running = server;
  const { tlsPort: port } = server.server;
  for (const uid of verdicts.keys()) {
    await ask({ port, ca: server.authority.cert, body: reviewText(String(uid), more) });
  }
  const lines = (): readonly Readonly<Record<string, unknown>>[] => server.log().filter(({ msg }) => msg === 'review');
  await eventually(() => {
    expect(lines().length).toBeGreaterThanOrEqual(expected);
  });
  return lines();
}

const EVERY: readonly Partial<Verdict>[] = [
  { outcome: 'injected' },
  { outcome: 'admitted' },
  { outcome: 'skipped', codes: ['disabled-by-pod'] },
  { outcome: 'refused', codes: ['unknown-runtime'] },
  { outcome: 'failed', codes: ['internal-error'] },
];

describe('a review is one line', () => {
  it('with who it was and how it ended, and nothing of the object', async () => {
    const [line] = await linesOf('info', [{ outcome: 'refused', codes: ['reserved-name', 'unknown-runtime'] }], {
      object: {
        metadata: { name: 'hello' },
        spec: { containers: [{ env: [{ name: 'PASSWORD', value: 'hunter2' }] }] },
      },
    });
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
      msg: 'review',
      uid: '0',
      webhook: 'mutate',
      operation: 'CREATE',
      kind: 'Pod',
      namespace: 'shop',
      name: 'hello',
      outcome: 'refused',
      codes: ['reserved-name', 'unknown-runtime'],
      ms: expect.any(Number) as unknown,
    });
  });

  it.each([
    ['debug', ['injected', 'admitted', 'skipped', 'refused', 'failed']],
    ['info', ['injected', 'refused', 'failed']],
    ['error', ['failed']],
  ] as const)('at level %s where it was %j', async (level, expected) => {
    expect((await linesOf(level, EVERY, {}, expected.length)).map(({ outcome }) => outcome)).toEqual(expected);
  });

  it('with the beginning of the name that the API server is going to make', async () => {
    const [line] = await linesOf('info', [{ outcome: 'injected' }], {
      name: '',
      object: { metadata: { generateName: 'hello-7d4b-' } },
    });
    expect(line?.name).toBe('hello-7d4b-*');
  });

  it('that does not grow with what a client sends', async () => {
    const [line] = await linesOf('info', [{ outcome: 'injected' }], { name: 'x'.repeat(100_000), namespace: 'a\nb' });
    expect(String(line?.name)).toHaveLength(253);
    expect(line?.namespace).toBe('a\nb');
  });
});

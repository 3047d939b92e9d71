import { afterEach, describe, expect, it } from 'vitest';
import { REVIEWS } from '../../src/server/limits.ts';
import { BodyRoom } from '../../src/server/body-room.ts';
import { readHead } from '../../src/server/review-head.ts';
import { ask, type Answer } from './client.ts';
import { reviewText, run, verdict, type Running } from './running.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** A review that waits for its turn. */
const large = (uid: string, namespace: string): string =>
  reviewText(uid, { namespace, object: { padding: 'x'.repeat(2 * REVIEWS.largeBytes) } });

const isBusy = ({ status, text }: Answer): boolean => status === 200 && text.includes('[too-busy]');

describe('large reviews of one namespace', () => {
  it('that are more than it may have wait or are turned away, and another namespace is answered meanwhile', async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    running = await run({
      mutate: async ({ uid, namespace }) => {
        if (namespace === 'greedy') await held;
        return verdict(uid);
      },
    });
    const { server, authority } = running;
    const send = (body: string): Promise<Answer> => ask({ port: server.tlsPort, ca: authority.cert, body });
    const greedy = Array.from({ length: 60 }, (_, index) => send(large(`${index}`, 'greedy')));
    // Wait until those for which there is no place have their answers.
    const turnedAway = await Promise.any(greedy);
    expect(isBusy(turnedAway)).toBe(true);
    expect(JSON.parse(turnedAway.text)).toMatchObject({
      response: { allowed: false, status: { code: 429, reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } } },
    });
    expect((await send(large('other', 'shop'))).text).toContain('"allowed":true');
    expect((await send(reviewText('small', { namespace: 'greedy-too' }))).text).toContain('"allowed":true');
    answer();
    const answers = await Promise.all(greedy);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(isBusy).length).toBeGreaterThan(0);
    expect(await running.metrics()).toMatch(/^buildless_admission_refusals_total\{code="too-busy"\} [1-9]/m);
  });

  it('that take too long are refused before the API server gives up', async () => {
    running = await run({ mutate: () => new Promise(() => undefined) });
    const { server, authority } = running;
    const answer = await ask({ port: server.tlsPort, ca: authority.cert, body: reviewText('1') });
    expect(isBusy(answer)).toBe(true);
    expect(answer.text).toContain('it took longer than 4.5 s');
  });
});

describe('room for bodies', () => {
  const limits = { bytes: 100, bytesOfNamespace: 40 };

  it('is shared, and given back', () => {
    const room = new BodyRoom(limits);
    const first = room.take('a', 30);
    expect(room.take('a', 20)).toBeUndefined();
    expect(room.take('b', 20)).toBeDefined();
    first?.();
    expect(room.take('a', 20)).toBeDefined();
  });

  it('is there for a namespace that has none, up to twice the limit', () => {
    const room = new BodyRoom(limits);
    expect(Array.from({ length: 5 }, (_, n) => room.take(`n${n}`, 50) !== undefined)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('the head of a review', () => {
  it('is read as the API server writes it', () => {
    expect(readHead(Buffer.from(reviewText('u-1', { namespace: 'shop' })))).toEqual({ uid: 'u-1', namespace: 'shop' });
  });

  it('cannot be forged by the name of an object', () => {
    const name = '","namespace":"victim","uid":"other';
    expect(readHead(Buffer.from(JSON.stringify({ request: { uid: 'u-1', name, namespace: 'shop' } })))).toEqual({
      uid: 'u-1',
      namespace: 'shop',
    });
  });

  it('is empty where there is none', () => {
    expect(readHead(Buffer.from('{}'))).toEqual({ uid: '', namespace: '' });
  });
});

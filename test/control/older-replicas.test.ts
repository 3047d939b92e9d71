import { describe, expect, it } from 'vitest';
import { ApiError, type ApiServer } from '../../src/api-server/api-server.ts';
import { untilReplaced } from '../../src/control/older-replicas.ts';

const SILENT = { info: () => undefined, warn: () => undefined };

const running = (image: string): object => ({ spec: { containers: [{ image }] }, status: { phase: 'Running' } });

/** Answers, one look after the other, with the images of the webhook's replicas; the last one stays. */
function cluster(own: string | undefined, ...looks: readonly (readonly string[] | Error)[]) {
  let asked = 0;
  const get: ApiServer['get'] = (_, query) => {
    if (query.fieldSelector !== undefined) {
      return Promise.resolve({ items: own === undefined ? [] : [running(own)] });
    }
    const found = looks[Math.min(asked, looks.length - 1)] ?? [];
    asked += 1;
    return found instanceof Error ? Promise.reject(found) : Promise.resolve({ items: found.map(running) });
  };
  const options = { server: { get }, namespace: 'buildless-system', pod: 'buildless-control-1', logger: SILENT };
  return { options, asked: () => asked };
}

const never = new AbortController().signal;

describe('a controller that starts', () => {
  it('waits until every replica of the webhook has its own image', async () => {
    const { options, asked } = cluster('b:2', ['b:1', 'b:1'], ['b:1', 'b:2'], ['b:2', 'b:2']);
    await untilReplaced(options, never);
    expect(asked()).toBe(3);
  });

  it.each<readonly [string, string | undefined, readonly string[]]>([
    ['there is no webhook', 'b:2', []],
    ['all are of its version', 'b:2', ['b:2']],
    ['it does not run in a Pod', undefined, ['b:1']],
  ])('begins at once if %s', async (_, own, images) => {
    const { options, asked } = cluster(own, images);
    await untilReplaced(options, never);
    expect(asked()).toBeLessThan(2);
  });

  it('asks again if the API server does not answer', async () => {
    const { options, asked } = cluster('b:2', new ApiError(503, 'unavailable'), ['b:2']);
    await untilReplaced(options, never);
    expect(asked()).toBe(2);
  });

  it('works beside older replicas that stay', async () => {
    const { options } = cluster('b:2', ['b:1']);
    await untilReplaced({ ...options, longestMilliseconds: 0 }, never);
  });

  it('stops waiting when it is stopped', async () => {
    const { options } = cluster('b:2', ['b:1']);
    const ended = new AbortController();
    const waiting = untilReplaced(options, ended.signal);
    ended.abort();
    await waiting;
  });
});

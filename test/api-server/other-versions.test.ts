import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/api-server/api-server.ts';
import { followOtherVersions } from '../../src/api-server/other-versions.ts';

const pod = (image: string, more: object = {}): object => ({
  metadata: { name: image },
  spec: {
    containers: [
      { name: 'webhook', image },
      { name: 'sidecar', image: 'other:1' },
    ],
  },
  status: { phase: 'Running' },
  ...more,
});

/** The answer for these Pods, and how often the API server was asked. */
function among(pods: () => readonly object[]): {
  readonly ask: () => Promise<boolean>;
  readonly asked: () => number;
  readonly wait: (milliseconds: number) => void;
} {
  let [asked, now] = [0, 0];
  const get = (path: string, query?: Readonly<Record<string, string>>): Promise<unknown> => {
    asked += 1;
    expect(path).toBe('/api/v1/namespaces/buildless-system/pods');
    expect(query).toEqual({
      labelSelector: 'app.kubernetes.io/name=buildless,app.kubernetes.io/component=webhook',
    });
    return Promise.resolve({ items: pods() });
  };
  const ended = new AbortController().signal;
  const options = { server: { get }, ended, deadlineMilliseconds: 1000 };
  const ask = followOtherVersions(options, 'buildless-system', () => now);
  return { ask, asked: () => asked, wait: (milliseconds) => (now += milliseconds) };
}

describe('whether replicas of another version serve', () => {
  it.each([
    ['one image', [pod('a:1'), pod('a:1')], false],
    ['two images', [pod('a:1'), pod('a:2')], true],
    [
      'a Pod that is about to end',
      [pod('a:1', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }), pod('a:2')],
      true,
    ],
    ['a new one that does not run yet', [pod('a:1'), pod('a:2', { status: { phase: 'Pending' } })], false],
    ['no Pods', [], false],
  ])('%s: %j', async (_what, pods, expected) => {
    expect(await among(() => pods).ask()).toBe(expected);
  });

  it('is asked for once a second during an upgrade, and each time otherwise', async () => {
    let pods = [pod('a:1'), pod('a:2')];
    const { ask, asked, wait } = among(() => pods);
    // The first time when it began.
    expect([await ask(), await ask()]).toEqual([true, true]);
    expect(asked()).toBe(2);
    pods = [pod('a:2')];
    wait(1001);
    expect([await ask(), await ask()]).toEqual([false, false]);
    expect(asked()).toBe(4);
  });

  it('is yes for ten minutes after the right to list Pods was lost, as the rights of version 0.1.0 have it not', async () => {
    let [now, isAllowed] = [0, true];
    const get = (): Promise<unknown> =>
      isAllowed ? Promise.resolve({ items: [pod('a:2')] }) : Promise.reject(new ApiError(403, 'forbidden'));
    const options = { server: { get }, ended: new AbortController().signal, deadlineMilliseconds: 1000 };
    const ask = followOtherVersions(options, 'buildless-system', () => now);
    expect(await ask()).toBe(false);
    isAllowed = false;
    expect(await ask()).toBe(true);
    now += 599_000;
    expect(await ask()).toBe(true);
    now += 2000;
    expect(await ask()).toBe(false);
  });

  it('is no without the right to list Pods', async () => {
    const refused = {
      server: { get: () => Promise.reject(new Error('forbidden')) },
      ended: new AbortController().signal,
    };
    expect(await followOtherVersions({ ...refused, deadlineMilliseconds: 1000 }, 'buildless-system')()).toBe(false);
  });
});

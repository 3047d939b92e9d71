import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiServer } from '../../src/api-server/api-server.ts';
import { loadKubeConfig } from '../../src/api-server/kube-config.ts';
import { followLease, type LeaseFollower } from '../../src/api-server/lease-follower.ts';
import { eventually } from '../eventually.ts';
import { FakeApiServer } from './fake-api-server.ts';

let api: FakeApiServer;
let lease: LeaseFollower;
let milliseconds = 0;

/** `renewTime` is on another clock than ours, and means nothing. */
const renew = (holder: string | null, renewTime = '1999-01-01T00:00:00.000000Z'): void => {
  api.put('Lease', 'buildless-control', {
    namespace: 'buildless-system',
    spec: { holderIdentity: holder, leaseDurationSeconds: 15, renewTime },
  });
};
const isHeld = (held: boolean): Promise<unknown> =>
  eventually(() => {
    expect(lease.isHeld()).toBe(held);
  });

beforeEach(async () => {
  milliseconds = 1000;
  api = new FakeApiServer();
  const server = apiServer(await loadKubeConfig(await api.start()));
  const logger = { info: () => undefined, warn: () => undefined };
  const names = { namespace: 'buildless-system', name: 'buildless-control' };
  lease = followLease({ server, logger, backoffMilliseconds: 5, ...names, now: () => milliseconds });
  await eventually(() => {
    expect(api.watching()).toBe(1);
  });
});

afterEach(async () => {
  await lease.stop();
  await api.stop();
});

describe('a Lease is held', () => {
  it('not before there is one', () => {
    expect(lease.synced()).toBe(true);
    expect(lease.isHeld()).toBe(false);
  });

  it('from its first sight until it was not changed for as long as it promises, on our own clock', async () => {
    renew('a');
    await isHeld(true);
    milliseconds += 14_999;
    expect(lease.isHeld()).toBe(true);
    milliseconds += 1;
    expect(lease.isHeld()).toBe(false);
    renew('a');
    await isHeld(true);
  });

  it('not by nobody', async () => {
    renew('a');
    await isHeld(true);
    renew('');
    await isHeld(false);
    renew('b');
    await isHeld(true);
    renew(null);
    await isHeld(false);
  });

  it('not after it was deleted', async () => {
    renew('a');
    await isHeld(true);
    api.delete('Lease', 'buildless-control', 'buildless-system');
    await isHeld(false);
  });

  it('by what was seen last while the API server is away, and no longer', async () => {
    renew('a');
    await isHeld(true);
    api.intercept = (_, response) => {
      response.writeHead(500).end('{}');
      return true;
    };
    api.cutWatches();
    await eventually(() => {
      expect(lease.problem()).toBeDefined();
    });
    expect(lease.isHeld()).toBe(true);
    milliseconds += 15_000;
    expect(lease.isHeld()).toBe(false);
    api.intercept = () => false;
    // The same version again is not a renewal.
    await eventually(() => {
      expect(lease.problem()).toBeUndefined();
    });
    expect(lease.isHeld()).toBe(false);
  });
});

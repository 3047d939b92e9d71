import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type ApiServer } from '../../src/api-server/api-server.ts';
import { LeaseElector, leaseTimes, microTime } from '../../src/api-server/lease.ts';

// Vitest's clock does not reach this module: the same function, on the clock of the test.
vi.mock('node:timers/promises', () => ({
  setTimeout: (milliseconds: number, value: unknown, { signal }: { readonly signal: AbortSignal }) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(new Error('aborted'));
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop);
        resolve(value);
      }, milliseconds);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    }),
}));

const NAME = 'buildless-control';
const COLLECTION = '/apis/coordination.k8s.io/v1/namespaces/buildless-system/leases';
const TIMES = leaseTimes(15);

interface Spec {
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly leaseTransitions: number;
}

/** One Lease of an API server: it knows versions, refuses stale writes, and can be down. */
class StoredLease {
  spec: Spec | undefined;
  isDown = false;
  /** Called after each GET: what another process does before the answer is used. */
  afterGet: () => void = () => undefined;
  private version = 0;

  put(spec: Spec): void {
    this.spec = spec;
    this.version += 1;
  }

  /** For one process. */
  server(): Pick<ApiServer, 'get' | 'change'> {
    return {
      get: (path) => {
        if (this.isDown) return Promise.reject(new Error('connect ECONNREFUSED'));
        expect(path).toBe(`${COLLECTION}/${NAME}`);
        if (this.spec === undefined) return Promise.reject(new ApiError(404, 'not found'));
        const found = this.answer();
        this.afterGet();
        return Promise.resolve(found);
      },
      change: ({ method, path, body }) => {
        if (this.isDown) return Promise.reject(new Error('connect ECONNREFUSED'));
        expect([method, path]).toEqual(method === 'POST' ? ['POST', COLLECTION] : ['PUT', `${COLLECTION}/${NAME}`]);
        const { metadata, spec } = body as { metadata: { resourceVersion?: string }; spec: Spec };
        const expected = this.spec === undefined ? undefined : String(this.version);
        if (metadata.resourceVersion !== expected) return Promise.reject(new ApiError(409, 'conflict'));
        this.put(spec);
        return Promise.resolve(this.answer());
      },
    };
  }

  private answer(): object {
    return { metadata: { resourceVersion: String(this.version) }, spec: { ...this.spec } };
  }
}

/** A process that campaigns, and whether it leads. */
class Candidate {
  leading = false;
  readonly warnings: unknown[] = [];
  /** What its work still has to do when its term ends. */
  cleanUp: Promise<void> = Promise.resolve();
  private readonly elector: LeaseElector;

  constructor(identity: string, lease: StoredLease) {
    const unused = (): never => {
      throw new Error('an election needs get and change only');
    };
    this.elector = new LeaseElector({
      server: { ...lease.server(), list: unused, lines: unused, stream: unused, close: unused },
      namespace: 'buildless-system',
      name: NAME,
      identity,
      logger: { info: () => undefined, warn: (fields) => void this.warnings.push(fields) },
      times: TIMES,
    });
    this.elector.start(async (signal) => {
      this.leading = true;
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true });
      });
      await this.cleanUp;
      this.leading = false;
    });
  }

  stop(): Promise<void> {
    return this.elector.stop();
  }
}

/** The next wait of a candidate is at most this long. */
const RETRY = TIMES.retrySeconds * 1000 * 1.2;
const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);
const retry = (): Promise<unknown> => vi.advanceTimersByTimeAsync(RETRY);

let lease: StoredLease;
const candidates: Candidate[] = [];
const candidate = (identity: string): Candidate => {
  const one = new Candidate(identity, lease);
  candidates.push(one);
  return one;
};
/** The Lease as another process, of which we see no more than this, has written it. */
const heldBy = (holderIdentity: string, more: Partial<Spec> = {}): Spec => ({
  holderIdentity,
  leaseDurationSeconds: 15,
  acquireTime: '1999-01-01T00:00:00.000000Z',
  renewTime: '1999-01-01T00:00:00.000000Z',
  leaseTransitions: 3,
  ...more,
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  lease = new StoredLease();
});

afterEach(async () => {
  lease.isDown = false;
  for (const one of candidates.splice(0)) {
    const stopped = one.stop();
    await pass(10);
    await stopped;
  }
  vi.useRealTimers();
});

describe('a process gets the Lease', () => {
  it('at once if there is none', async () => {
    const a = candidate('a');
    await pass(0);
    expect(a.leading).toBe(true);
    expect(lease.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
  });

  it('at once if the one before gave it back, which counts as a transition', async () => {
    lease.put(heldBy('', { leaseDurationSeconds: 1 }));
    const a = candidate('a');
    await pass(0);
    expect(a.leading).toBe(true);
    expect(lease.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 4 });
  });

  it('after it has not changed for as long as it promises, on our own clock, whatever time it names', async () => {
    lease.put(heldBy('z', { renewTime: '1999-01-01T00:00:00.000000Z' }));
    const a = candidate('a');
    await pass(14.9);
    expect(a.leading).toBe(false);
    await retry();
    await retry();
    expect(a.leading).toBe(true);
  });

  it('never while its holder renews it', async () => {
    lease.put(heldBy('z'));
    const a = candidate('a');
    for (let minute = 0; minute < 6; minute++) {
      await pass(10);
      lease.put(heldBy('z'));
      expect(a.leading).toBe(false);
    }
  });

  it('not if somebody else wrote between its reading and its writing', async () => {
    lease.put(heldBy(''));
    lease.afterGet = () => {
      lease.put(heldBy('z'));
      lease.afterGet = () => undefined;
    };
    const a = candidate('a');
    await pass(0);
    expect(a.leading).toBe(false);
    expect(lease.spec?.holderIdentity).toBe('z');
    // A lost race is nothing to warn about.
    expect(a.warnings).toEqual([]);
  });

  it('alone, of two that ask for a new one together', async () => {
    const [a, b] = [candidate('a'), candidate('b')];
    await retry();
    expect([a.leading, b.leading].filter(Boolean)).toHaveLength(1);
  });

  it('again under its own name after a restart, without a transition', async () => {
    lease.put(heldBy('a'));
    const a = candidate('a');
    await pass(0);
    expect(a.leading).toBe(true);
    expect(lease.spec).toMatchObject({ acquireTime: '1999-01-01T00:00:00.000000Z', leaseTransitions: 3 });
  });
});

describe('a leader', () => {
  it('renews the Lease as long as it leads, and keeps the time of its beginning', async () => {
    const a = candidate('a');
    await pass(0);
    const first = lease.spec;
    await pass(60);
    expect(a.leading).toBe(true);
    expect(lease.spec?.acquireTime).toBe(first?.acquireTime);
    expect(Date.parse(lease.spec?.renewTime ?? '')).toBeGreaterThan(Date.parse(first?.renewTime ?? '') + 55_000);
  });

  it('survives an API server that is away for less than its deadline', async () => {
    const a = candidate('a');
    await pass(0);
    lease.isDown = true;
    await pass(6);
    lease.isDown = false;
    await pass(60);
    expect(a.leading).toBe(true);
    expect(a.warnings).toContainEqual({ lease: NAME, reason: 'connect ECONNREFUSED' });
  });

  it('has stopped before others may follow if it cannot renew', async () => {
    const a = candidate('a');
    await pass(0);
    lease.isDown = true;
    await pass(TIMES.leaseSeconds - 0.1);
    expect(a.leading).toBe(false);
  });

  it('stops as soon as it sees that another process has the Lease', async () => {
    const a = candidate('a');
    await pass(0);
    lease.put(heldBy('z'));
    await retry();
    expect(a.leading).toBe(false);
    expect(lease.spec?.holderIdentity).toBe('z');
  });

  it('campaigns again after it has lost the Lease', async () => {
    const a = candidate('a');
    await pass(0);
    lease.put(heldBy('z'));
    await retry();
    await pass(TIMES.leaseSeconds);
    await retry();
    expect(a.leading).toBe(true);
  });
});

describe('a leader that is stopped', () => {
  it('gives the Lease back, so that the next one leads without waiting', async () => {
    const [a, b] = [candidate('a'), candidate('b')];
    await pass(0);
    const [leader, follower] = a.leading ? [a, b] : [b, a];
    await leader.stop();
    expect(lease.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    await retry();
    expect(follower.leading).toBe(true);
  });

  it('keeps the Lease until its work has ended', async () => {
    const a = candidate('a');
    await pass(0);
    let finish = (): void => undefined;
    a.cleanUp = new Promise((resolve) => (finish = resolve));
    const stopped = a.stop();
    await pass(1);
    expect(lease.spec?.holderIdentity).toBe('a');
    finish();
    await stopped;
    expect(lease.spec?.holderIdentity).toBe('');
  });

  it('leaves the Lease alone if another process took it meanwhile', async () => {
    const a = candidate('a');
    await pass(0);
    lease.put(heldBy('z'));
    await a.stop();
    expect(lease.spec?.holderIdentity).toBe('z');
  });

  it('stops also while the API server is away', async () => {
    const a = candidate('a');
    await pass(0);
    lease.isDown = true;
    await a.stop();
    expect(a.leading).toBe(false);
  });
});

describe('the times of a Lease', () => {
  it('let a leader stop before another one may begin', () => {
    for (const seconds of [4, 15, 60]) {
      const { leaseSeconds, renewDeadlineSeconds, retrySeconds } = leaseTimes(seconds);
      expect(renewDeadlineSeconds + retrySeconds * 1.2).toBeLessThan(leaseSeconds);
    }
  });

  it('are written as MicroTime, with six digits', () => {
    expect(microTime(new Date('2026-01-02T03:04:05.678Z'))).toBe('2026-01-02T03:04:05.678000Z');
  });
});

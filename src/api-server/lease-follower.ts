import { isObject } from '../kubernetes/object.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';

export interface LeaseFollowerOptions extends Pick<
  ReflectorOptions<never>,
  'server' | 'logger' | 'backoffMilliseconds'
> {
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

interface SeenLease {
  readonly held: boolean;
  readonly milliseconds: number;
  /** When this version of the Lease was seen, on our own clock: clocks of two nodes may differ. */
  readonly at: number;
}

/** Tells whether somebody holds a Lease and renews it. */
export interface LeaseFollower {
  readonly isHeld: () => boolean;
  /** Whether there is an answer, or a reason why there is none. */
  readonly synced: () => boolean;
  readonly problem: () => string | undefined;
  readonly stop: () => Promise<void>;
}

/**
 * Follows one Lease. It is held while its holder changes it more often than it promises; the first sight counts as a change,
 * as client-go has it (k8s.io/client-go/tools/leaderelection).
 *
 * Needs `list` and `watch` on the Lease by its name.
 */
export function followLease({ namespace, name, now, ...options }: LeaseFollowerOptions): LeaseFollower {
  const clock = now ?? (() => performance.now());
  const reflector = new Reflector<SeenLease>({
    ...options,
    path: `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`,
    fieldSelector: `metadata.name=${name}`,
    entryOf: (object) => seen(object, clock()),
  });
  reflector.start();
  return {
    isHeld: () => {
      const lease = reflector.get(namespace, name);
      return lease !== undefined && lease.held && clock() - lease.at < lease.milliseconds;
    },
    synced: () => reflector.synced() || reflector.problem() !== undefined,
    problem: () => reflector.problem(),
    stop: () => reflector.stop(),
  };
}

function seen(object: object, at: number): SeenLease {
  const spec = 'spec' in object && isObject(object.spec) ? object.spec : {};
  const { holderIdentity, leaseDurationSeconds } = spec;
  return {
    held: typeof holderIdentity === 'string' && holderIdentity !== '',
    milliseconds: typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds * 1000 : 0,
    at,
  };
}

import { mergeLimits, type NamespaceLimits, parseLimits } from '../namespace/limits.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';

const COLLECTIONS = [
  ['LimitRange', '/api/v1/limitranges'],
  ['ResourceQuota', '/api/v1/resourcequotas'],
] as const;

/** The LimitRanges and ResourceQuotas of all namespaces, followed. */
export interface FollowedLimits {
  readonly of: (namespace: string) => NamespaceLimits;
  readonly problems: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/**
 * Follows them. A review does not wait for them: without them a Pod is injected as in a namespace that has none, and the
 * API server refuses what does not fit.
 */
export function followLimits(
  options: Pick<ReflectorOptions<never>, 'server' | 'logger' | 'backoffMilliseconds'>,
): FollowedLimits {
  const merged = new Map<string, NamespaceLimits>();
  const reflectors = COLLECTIONS.map(
    ([kind, path]) =>
      new Reflector<NamespaceLimits>({
        ...options,
        path,
        entryOf: (object, { name }) => parseLimits(kind, name, object),
        onChange: () => {
          merged.clear();
        },
      }),
  );
  for (const reflector of reflectors) reflector.start();
  return {
    of: (namespace) => {
      const known = merged.get(namespace);
      if (known !== undefined) return known;
      const limits = mergeLimits(reflectors.flatMap((reflector) => reflector.in(namespace)));
      merged.set(namespace, limits);
      return limits;
    },
    problems: () => reflectors.flatMap((reflector) => reflector.problem() ?? []),
    stop: async () => {
      await Promise.all(reflectors.map((reflector) => reflector.stop()));
    },
  };
}

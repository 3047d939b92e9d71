/**
 * What a namespace's LimitRanges and ResourceQuotas demand of the containers in it.
 * Sources: https://kubernetes.io/docs/concepts/policy/limit-range/, https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
import { parseQuantity } from '../kubernetes/quantity.ts';
import { isJsonObject } from '../json/object.ts';

/** Bounds of one resource, as quantities. */
export interface ResourceRange {
  readonly min?: string;
  readonly max?: string;
  /** The limit that LimitRanger gives to a container that sets none. */
  readonly defaultLimit?: string;
  /** The most that the limit may be, as a multiple of the request. */
  readonly maxRatio?: string;
}

export interface NamespaceLimits {
  /** Of each container, by resource. */
  readonly container: Readonly<Record<string, ResourceRange>>;
  /** Of a Pod as a whole, by resource. */
  readonly pod: Readonly<Record<string, ResourceRange>>;
  /** What each container must set as a quota counts it, e.g. `limits.cpu`, with the name of the ResourceQuota. */
  readonly quotas: Readonly<Record<string, string>>;
  /** Equal texts mean equal limits. */
  readonly identity: string;
}

export const NO_LIMITS: NamespaceLimits = { container: {}, pod: {}, quotas: {}, identity: '' };

type Quantities = Readonly<Record<string, string>>;

/**
 * The `spec` of one LimitRange or ResourceQuota, without its status, which changes with each Pod.
 *
 * @param object as the API server sends it
 */
export function parseLimits(kind: 'LimitRange' | 'ResourceQuota', name: string, object: object): NamespaceLimits {
  const spec = mapAt(object, 'spec');
  return kind === 'ResourceQuota'
    ? identified({ ...NO_LIMITS, quotas: quotasOf(name, quantitiesAt(spec, 'hard')) })
    : identified({ ...NO_LIMITS, container: rangesOf(spec, 'Container'), pod: rangesOf(spec, 'Pod') });
}

/** All of a namespace's objects together: the narrowest bounds hold. */
export function mergeLimits(all: readonly NamespaceLimits[]): NamespaceLimits {
  const [first, ...others] = all;
  if (first === undefined) return NO_LIMITS;
  return others.reduce(
    (one, other) =>
      identified({
        container: mergeRanges(one.container, other.container),
        pod: mergeRanges(one.pod, other.pod),
        quotas: { ...other.quotas, ...one.quotas },
      }),
    first,
  );
}

const identified = (limits: Omit<NamespaceLimits, 'identity'>): NamespaceLimits => {
  const { container, pod, quotas } = limits;
  return { container, pod, quotas, identity: JSON.stringify([container, pod, quotas]) };
};

/** A quota on `cpu` is one on `requests.cpu`. */
function quotasOf(name: string, hard: Quantities): Readonly<Record<string, string>> {
  const counted = Object.keys(hard).map((key) => (COMPUTE.includes(key) ? `requests.${key}` : key));
  return Object.fromEntries(counted.filter((key) => /^(?:requests|limits)\./.test(key)).map((key) => [key, name]));
}

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];

function rangesOf(spec: object, type: 'Container' | 'Pod'): Readonly<Record<string, ResourceRange>> {
  const items: unknown = 'limits' in spec ? spec.limits : undefined;
  const ranges = (Array.isArray(items) ? items : []).filter(isJsonObject).flatMap((item) => {
    if (!('type' in item) || item.type !== type) return [];
    const [min, max] = [quantitiesAt(item, 'min'), quantitiesAt(item, 'max')];
    const [defaultLimit, maxRatio] = [quantitiesAt(item, 'default'), quantitiesAt(item, 'maxLimitRequestRatio')];
    const resources = new Set([min, max, defaultLimit, maxRatio].flatMap((quantities) => Object.keys(quantities)));
    return [
      Object.fromEntries(
        [...resources].map((resource) => [
          resource,
          {
            ...entry('min', min[resource]),
            ...entry('max', max[resource]),
            // LimitRange's own defaulting: without `default`, `max` is what a container without a limit gets.
            ...entry('defaultLimit', defaultLimit[resource] ?? max[resource]),
            ...entry('maxRatio', maxRatio[resource]),
          },
        ]),
      ),
    ];
  });
  return ranges.reduce<Readonly<Record<string, ResourceRange>>>(mergeRanges, {});
}

function mergeRanges(
  one: Readonly<Record<string, ResourceRange>>,
  other: Readonly<Record<string, ResourceRange>>,
): Readonly<Record<string, ResourceRange>> {
  const merged: Record<string, ResourceRange> = { ...one };
  for (const [resource, range] of Object.entries(other)) {
    const known = merged[resource] ?? {};
    merged[resource] = {
      ...entry('min', larger(known.min, range.min)),
      ...entry('max', smaller(known.max, range.max)),
      ...entry('defaultLimit', smaller(known.defaultLimit, range.defaultLimit)),
      ...entry('maxRatio', smaller(known.maxRatio, range.maxRatio)),
    };
  }
  return merged;
}

const amount = (text: string): number => parseQuantity(text) ?? 0;

function smaller(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return amount(one) <= amount(other) ? one : other;
}

function larger(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return amount(one) >= amount(other) ? one : other;
}

const mapAt = (object: object, key: string): object => {
  const value: unknown = Object.getOwnPropertyDescriptor(object, key)?.value;
  return isJsonObject(value) ? value : {};
};

/** A map of quantities; YAML may write one as a number. */
function quantitiesAt(object: object, key: string): Quantities {
  const entries: [string, unknown][] = Object.entries(mapAt(object, key));
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      (typeof value === 'string' || typeof value === 'number') && parseQuantity(String(value)) !== undefined
        ? [[name, String(value)] as const]
        : [],
    ),
  );
}

function entry<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  const result: Partial<Record<Key, string>> = {};
  if (value !== undefined) result[key] = value;
  return result;
}

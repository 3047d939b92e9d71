import type { FieldPath } from '../outcome/place.ts';
import { isUnset } from '../kubernetes/unset.ts';
import { isJsonObject } from '../json/object.ts';

export interface Difference {
  readonly field: FieldPath;
  readonly problem: string;
}

/** @param path below the value that is compared, e.g. `['securityContext', 'runAsUser']`; empty for itself */
export type Tolerates = (path: FieldPath, actual: unknown, expected: unknown) => boolean;

/** Deeper than anything that an injection adds. */
const DEEPEST = 16;
const LONGEST_SHOWN = 60;

/**
 * Where two values differ. An unset field, an empty list and an empty map are the same, as for the API server.
 *
 * @param field of the value, for the reader
 */
export function differencesBetween(
  actual: unknown,
  expected: unknown,
  field: FieldPath,
  tolerates: Tolerates = () => false,
): readonly Difference[] {
  const found: Difference[] = [];
  const compare = (one: unknown, other: unknown, path: FieldPath, depth: number): void => {
    if (one === other || (isNothing(one) && isNothing(other)) || tolerates(path, one, other)) return;
    if (
      depth < DEEPEST &&
      (isJsonObject(one) || isJsonObject(other)) &&
      (isJsonObject(one) || isUnset(one)) &&
      (isJsonObject(other) || isUnset(other))
    ) {
      const [left, right] = [one ?? {}, other ?? {}];
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
        compare(valueOf(left, key), valueOf(right, key), [...path, key], depth + 1);
      }
      return;
    }
    if (depth < DEEPEST && Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
      one.forEach((item, index) => {
        compare(item, other[index], [...path, index], depth + 1);
      });
      return;
    }
    found.push({
      field: [...field, ...path],
      problem: `it is ${shown(one)}, and the injection makes it ${shown(other)}`,
    });
  };
  compare(actual, expected, [], 0);
  return found;
}

const valueOf = (map: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(map, key) ? map[key] : undefined;

const isNothing = (value: unknown): boolean =>
  isUnset(value) ||
  (Array.isArray(value) && value.length === 0) ||
  (isJsonObject(value) && Object.keys(value).length === 0);

function shown(value: unknown): string {
  if (isNothing(value)) return 'unset';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'string') return isJsonObject(value) ? 'a map' : JSON.stringify(value);
  return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}...` : value);
}

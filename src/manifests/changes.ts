import { isObject } from '../kubernetes/object.ts';
import type { Path } from './templates.ts';

/** One step from a value to another: `add` appends to a list or gives a map a new key. */
export type Change =
  | { readonly kind: 'add' | 'replace'; readonly path: Path; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: Path };

/**
 * The changes that make one value another, each as deep as it can be, so that what surrounds them stays as written.
 * Lists are compared place by place, as injection only appends. An empty map or list that fills up is replaced as a whole:
 * there is nothing in it to keep.
 */
export function changesBetween(before: unknown, after: unknown, path: Path = []): readonly Change[] {
  if (before === after) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length > 0) {
    const common = Math.min(before.length, after.length);
    return [
      ...before
        .slice(0, common)
        .flatMap((item: unknown, index) => changesBetween(item, after[index], [...path, index])),
      ...after
        .slice(common)
        .map((value: unknown, index): Change => ({ kind: 'add', path: [...path, common + index], value })),
      // From the end, so that the places of those still to go do not move.
      ...before
        .slice(common)
        .map((_: unknown, index): Change => ({ kind: 'remove', path: [...path, common + index] }))
        .reverse(),
    ];
  }
  if (isObject(before) && isObject(after) && Object.keys(before).length > 0) {
    return [
      ...Object.keys(before)
        .filter((key) => !(key in after))
        .map((key): Change => ({ kind: 'remove', path: [...path, key] })),
      ...Object.entries(after).flatMap(([key, value]): readonly Change[] => {
        if (value === undefined) return key in before ? [{ kind: 'remove', path: [...path, key] }] : [];
        return key in before
          ? changesBetween(before[key], value, [...path, key])
          : [{ kind: 'add', path: [...path, key], value }];
      }),
    ];
  }
  const bothEmpty =
    isEmptyContainer(before) && isEmptyContainer(after) && Array.isArray(before) === Array.isArray(after);
  return bothEmpty ? [] : [{ kind: 'replace', path, value: after }];
}

const isEmptyContainer = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;

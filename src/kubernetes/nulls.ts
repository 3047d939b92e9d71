import { isJsonObject } from '../json/object.ts';

/** Deeper than any Pod is; what is below stays as it came. */
const DEEPEST = 64;

/**
 * A value without the fields that hold null: for the API server they are absent, and Helm renders `labels:` with nothing
 * behind it. Items of lists stay, as their positions mean something. A value without null is the very same object.
 *
 * @param unread fields of the value, and of the maps in it, that stay as they are, because nobody reads them
 */
export const withoutNulls = (value: unknown, unread?: ReadonlySet<string>): unknown => strip(value, 0, unread);

/** Copies only what has a null somewhere in it. `for ... in` costs a quarter of lists of keys: this is done for each Pod. */
function strip(value: unknown, depth: number, unread?: ReadonlySet<string>): unknown {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  if (Array.isArray(value)) return stripItems(value, depth);
  if (!isJsonObject(value)) return value;
  let changed: Map<string, unknown> | undefined;
  for (const key in value) {
    const item = value[key];
    if (typeof item !== 'object' || unread?.has(key)) continue;
    const kept = item === null ? undefined : strip(item, depth + 1, depth === 0 ? unread : undefined);
    if (kept !== item) changed = (changed ?? new Map<string, unknown>()).set(key, kept);
  }
  if (changed === undefined) return value;
  const fields: [string, unknown][] = [];
  for (const key in value) {
    const item = changed.has(key) ? changed.get(key) : value[key];
    if (item !== undefined) fields.push([key, item]);
  }
  return Object.fromEntries(fields);
}

function stripItems(given: readonly unknown[], depth: number): readonly unknown[] {
  let items: unknown[] | undefined;
  for (let index = 0; index < given.length; index += 1) {
    const item = given[index];
    const kept = strip(item, depth + 1);
    if (kept === item) continue;
    items ??= [...given];
    items[index] = kept;
  }
  return items ?? given;
}

/**
 * The opposite: a value with those nulls of an older one back in place that nothing was filled in for, so that a file is
 * changed only where it has to be. Lists may have grown at their end.
 */
export function withNullsOf(before: unknown, after: object): object {
  const restored = restore(before, after);
  return isJsonObject(restored) ? restored : after;
}

function restore(before: unknown, after: unknown): unknown {
  if (before === after) return after;
  if (Array.isArray(before) && Array.isArray(after)) {
    return after.map((item: unknown, index) => (index < before.length ? restore(before[index], item) : item));
  }
  if (!isJsonObject(before) || !isJsonObject(after)) return after;
  // In the order of the older one, as a person wrote it.
  const kept = Object.entries(before).flatMap(([key, item]): [string, unknown][] => {
    if (Object.hasOwn(after, key)) return [[key, restore(item, after[key])]];
    return item === null ? [[key, null]] : [];
  });
  const added = Object.entries(after).filter(([key]) => !Object.hasOwn(before, key));
  return Object.fromEntries([...kept, ...added]);
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Deeper than any Pod is; what is below stays as it came. */
const DEEPEST = 64;

/**
 * A value without the fields that hold null: for the API server they are absent, and Helm renders `labels:` with nothing
 * behind it. Items of lists stay, as their positions mean something. What has no null is the very same object.
 */
export const withoutNulls = (value: unknown): unknown => (hasNullField(value, 0) ? strip(value, 0) : value);

/** Most have none, and need no copy to find out. */
function hasNullField(value: unknown, depth: number): boolean {
  if (depth > DEEPEST) return false;
  if (Array.isArray(value)) return value.some((item) => hasNullField(item, depth + 1));
  if (!isMap(value)) return false;
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item === null || hasNullField(item, depth + 1)) return true;
  }
  return false;
}

function strip(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) return value;
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => strip(item, depth + 1));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isMap(value)) return value;
  let changed = false;
  const fields: [string, unknown][] = [];
  for (const key of Object.keys(value)) {
    const item = value[key];
    const kept = item === null ? undefined : strip(item, depth + 1);
    if (kept !== item) changed = true;
    if (item !== null) fields.push([key, kept]);
  }
  return changed ? Object.fromEntries(fields) : value;
}

/**
 * The opposite: a value with those nulls of an older one back in place that nothing was filled in for, so that a file is
 * changed only where it has to be. Lists may have grown at their end.
 */
export function withNullsOf(before: unknown, after: object): object {
  const restored = restore(before, after);
  return isMap(restored) ? restored : after;
}

function restore(before: unknown, after: unknown): unknown {
  if (before === after) return after;
  if (Array.isArray(before) && Array.isArray(after)) {
    return after.map((item: unknown, index) => (index < before.length ? restore(before[index], item) : item));
  }
  if (!isMap(before) || !isMap(after)) return after;
  // In the order of the older one, as a person wrote it.
  const kept = Object.entries(before).flatMap(([key, item]): [string, unknown][] => {
    if (Object.hasOwn(after, key)) return [[key, restore(item, after[key])]];
    return item === null ? [[key, null]] : [];
  });
  const added = Object.entries(after).filter(([key]) => !Object.hasOwn(before, key));
  return Object.fromEntries([...kept, ...added]);
}

import { isJsonObject, type JsonObject } from '../json/object.ts';

/** One operation of a JSON Patch (RFC 6902); these three are all that is needed to get from one object to another. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/**
 * The JSON Patch from one object to another. Subtrees that are the same object on both sides are not looked at, and values
 * are not copied, so its cost is that of what was changed. Why it is not fast-json-patch's `compare`:
 * docs/decisions/0004-own-json-patch.md; tests hold each patch against that library.
 *
 * Undefined fields are absent, as in JSON. Lists are compared position by position: this is for lists that grow at their
 * end.
 */
export function patchBetween(before: object, after: object): readonly PatchOperation[] {
  const operations: PatchOperation[] = [];
  compare(before, after, '', operations);
  return operations;
}

function compare(before: unknown, after: unknown, path: string, operations: PatchOperation[]): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, path, operations);
  } else if (isJsonObject(before) && isJsonObject(after)) {
    compareObjects(before, after, path, operations);
  } else {
    operations.push({ op: 'replace', path, value: after });
  }
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  operations: PatchOperation[],
): void {
  const shared = Math.min(before.length, after.length);
  for (let index = 0; index < shared; index += 1) {
    if (before[index] !== after[index]) compare(before[index], after[index], `${path}/${index}`, operations);
  }
  // From the end, so that the positions before stay what they are.
  for (let index = before.length - 1; index >= shared; index -= 1)
    operations.push({ op: 'remove', path: `${path}/${index}` });
  for (let index = shared; index < after.length; index += 1)
    operations.push({ op: 'add', path: `${path}/${index}`, value: after[index] });
}

function compareObjects(before: JsonObject, after: JsonObject, path: string, operations: PatchOperation[]): void {
  for (const key of Object.keys(before)) {
    const old = before[key];
    const value = Object.hasOwn(after, key) ? after[key] : undefined;
    if (old === value || old === undefined) continue;
    if (value === undefined) operations.push({ op: 'remove', path: `${path}/${escaped(key)}` });
    else compare(old, value, `${path}/${escaped(key)}`, operations);
  }
  for (const key of Object.keys(after)) {
    const value = after[key];
    if (value === undefined || (Object.hasOwn(before, key) && before[key] !== undefined)) continue;
    operations.push({ op: 'add', path: `${path}/${escaped(key)}`, value });
  }
}

/** RFC 6901, 3. */
const escaped = (key: string): string =>
  key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;

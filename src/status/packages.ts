import { DEPENDENCIES } from '../dependencies/languages.ts';
import type { SourceFiles } from '../function/files.ts';

/** Versions of each package of a lock, by name; several if one is installed more than once. */
export type LockedVersions = ReadonlyMap<string, string>;

/** What the locks of a source fix; empty without a lock that can be read. */
export function lockedVersions(files: SourceFiles): LockedVersions {
  const found = new Map<string, Set<string>>();
  for (const row of DEPENDENCIES.values()) {
    for (const [name, version] of row.lockedVersions(files)) {
      const versions = found.get(name) ?? new Set();
      found.set(name, versions.add(version));
    }
  }
  return new Map([...found].map(([name, versions]) => [name, [...versions].sort().join(', ')]));
}

export interface MapChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** Keys that differ between two maps, each list sorted. */
export function changesBetween<Value>(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
  isSame: (one: Value, other: Value) => boolean,
): MapChanges {
  const added = [...after.keys()].filter((key) => !before.has(key)).sort();
  const removed = [...before.keys()].filter((key) => !after.has(key)).sort();
  const changed = [...after]
    .filter(([key, value]) => {
      const old = before.get(key);
      return old !== undefined && !isSame(old, value);
    })
    .map(([key]) => key)
    .sort();
  return { added, removed, changed };
}

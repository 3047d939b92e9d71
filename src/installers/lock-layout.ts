/**
 * How an installed tree comes to stand as the lock has it. Two installers that put the same packages into node_modules may
 * put them into different folders: of a package in two versions each has its own way to choose the one at the top, and
 * code that asks for a package without declaring it finds that one.
 */
import type { LockEntry } from '../dependencies/npm/lock/entry.ts';
import { type InstalledPackages, titleOf } from './same-tree.ts';

/** What has to be done, in this order. Locations are as in a lock, e.g. `node_modules/a/node_modules/b`. */
export interface LockLayout {
  /** To be taken away, inner ones before those around them. */
  readonly taken: readonly string[];
  /** To be filled, outer ones before those in them. */
  readonly filled: readonly Filled[];
}

export interface Filled {
  readonly location: string;
  /** What goes there: a package that was taken from a location, or a copy of one that stands right by now. */
  readonly by: { readonly taken: string } | { readonly copyOf: string };
}

/**
 * @param wanted the packages that the lock has for the platform (wanted-tree.ts)
 * @returns what has to be done; or how the packages themselves differ from the lock's, as a sentence
 */
export function layoutOfLock(wanted: Iterable<LockEntry>, installed: InstalledPackages): LockLayout | string {
  const titles = new Map<string, string>();
  for (const node of wanted) if (node.location !== '') titles.set(node.location, titleOf(node));
  const known = new Set(titles.values());

  const right = new Set<string>();
  const rightOf = new Map<string, string>();
  const takenOf = new Map<string, string[]>();
  for (const [location, { name, version }] of outerFirst(installed)) {
    const title = `${name}@${version}`;
    if (!known.has(title)) return `it installed ${title}, which the lock file does not have`;
    const around = folderAround(location);
    // The contents of a folder that is taken away go with it.
    if (titles.get(location) === title && (around === undefined || right.has(around))) {
      right.add(location);
      rightOf.set(title, location);
    } else takenOf.set(title, [...(takenOf.get(title) ?? []), location]);
  }

  const filled: Filled[] = [];
  for (const [location, title] of outerFirst(titles)) {
    if (right.has(location)) continue;
    const taken = takenOf.get(title)?.pop();
    const copyOf = rightOf.get(title);
    if (taken !== undefined) filled.push({ location, by: { taken } });
    else if (copyOf !== undefined) filled.push({ location, by: { copyOf } });
    else return `the lock file has ${title}, which it did not install`;
    rightOf.set(title, location);
  }
  const taken = outerFirst(installed).flatMap(([location]) => (right.has(location) ? [] : [location]));
  return { taken: taken.reverse(), filled };
}

/** Sorted by text, what begins a path comes before it. */
const outerFirst = <Value>(locations: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] =>
  [...locations].sort(([a], [b]) => (a < b ? -1 : 1));

/** The package that another is in; undefined at the top. */
function folderAround(location: string): string | undefined {
  const at = location.lastIndexOf('/node_modules/');
  return at === -1 ? undefined : location.slice(0, at);
}

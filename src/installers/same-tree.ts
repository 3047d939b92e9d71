import { entryOf, type LockEntry } from '../dependencies/npm/lock/entry.ts';
import { buildLockTree, lookUp } from '../dependencies/npm/lock/tree.ts';
import { edgesOf, lookUpWanted, type Needs, type Platform, wantedPackages } from './wanted-tree.ts';

/** The packages that are in a folder: by location as in a lock, e.g. `node_modules/a/node_modules/b`. */
export type InstalledPackages = ReadonlyMap<string, Identity>;

/** Who a package is, by its own package.json. */
export interface Identity {
  readonly name: string;
  readonly version: string;
}

/**
 * Compares an installed tree with the lock by what Node.js finds: from the handler each package at the top, and from each
 * package every package that it asks for. Where the folders differ and what is found does not, and if there is more than
 * the lock has, the trees are the same.
 *
 * @returns the first difference, as a sentence; undefined if there is none
 */
export function differenceFromLock(lock: Needs, installed: InstalledPackages, platform: Platform): string | undefined {
  const wanted = wantedPackages(lock, platform);
  const { root: installedTop } = buildLockTree(
    [...installed].map(([location, identity]) => entryOf(location, { ...identity })),
  );
  const lockedTop = lock.lock.root;
  const find = (from: LockEntry, name: string): LockEntry | undefined => lookUpWanted(from, name, wanted);

  for (const { name } of lockedTop.children?.values() ?? []) {
    const [a, b] = [find(lockedTop, name), lookUp(installedTop, name)];
    if (a === undefined) continue;
    const difference = compare('the handler', name, a, b);
    if (difference !== undefined) return difference;
  }
  const pairs: (readonly [locked: LockEntry, installed: LockEntry])[] = [[lockedTop, installedTop]];
  const seen = new Map<LockEntry, Set<LockEntry>>();
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [locked, present] = pair;
    for (const { name } of edgesOf(locked, lock.packageJson)) {
      const [a, b] = [find(locked, name), lookUp(present, name)];
      if (a === undefined) continue;
      const difference = compare(locked === lockedTop ? 'the handler' : locked.location, name, a, b);
      if (difference !== undefined) return difference;
      if (b === undefined) continue;
      const met = seen.get(a) ?? new Set();
      if (!met.has(b)) pairs.push([a, b]);
      seen.set(a, met.add(b));
    }
  }
  return undefined;
}

function compare(from: string, name: string, wanted: LockEntry, found: LockEntry | undefined): string | undefined {
  const [a, b] = [titleOf(wanted), found && titleOf(found)];
  return a === b ? undefined : `${from} finds ${b ?? 'nothing'} as ${name}, and the lock file has ${a}`;
}

/** `NAME@VERSION` of a package; an alias has the folder of one name and the package of another. */
export const titleOf = (node: LockEntry): string => `${node.packageName}@${node.version}`;

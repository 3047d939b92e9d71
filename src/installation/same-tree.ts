import { fits, type LockedPackages, type Platform } from './package-lock.ts';

/** The packages that stand in a folder: by folder as in the lock, e.g. `node_modules/a/node_modules/b`. */
export type InstalledPackages = ReadonlyMap<string, { readonly name: string; readonly version: string }>;

/**
 * Compares an installed tree with the lock by what Node.js finds: from the handler each package at the top, and from each package
 * every package that it asks for. Where the folders differ and what is found does not, the trees are the same.
 *
 * @returns the first difference, as a sentence; undefined where there is none
 */
export function differenceFromLock(
  locked: LockedPackages,
  installed: InstalledPackages,
  platform: Platform,
): string | undefined {
  const wanted = new Map([...locked].filter(([, entry]) => !entry.dev && fits(entry, platform)));
  for (const folder of new Set([...topLevel(wanted.keys()), ...topLevel(installed.keys())])) {
    const difference = compare('the handler', folder.slice(MODULES.length), wanted.get(folder), installed.get(folder));
    if (difference !== undefined) return difference;
  }
  const pairs: (readonly [lockedAt: string, installedAt: string])[] = [['', '']];
  const seen = new Set<string>(['\0']);
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [lockedAt, installedAt] = pair;
    for (const name of locked.get(lockedAt)?.dependencies ?? []) {
      const a = find(wanted, lockedAt, name);
      const b = find(installed, installedAt, name);
      const from = lockedAt === '' ? 'the handler' : lockedAt;
      const difference = compare(from, name, a && wanted.get(a), b && installed.get(b));
      if (difference !== undefined) return difference;
      if (a === undefined || b === undefined || a === '' || b === '') continue;
      const key = `${a}\0${b}`;
      if (!seen.has(key)) pairs.push([a, b]);
      seen.add(key);
    }
  }
  return undefined;
}

const MODULES = 'node_modules/';

const topLevel = (folders: Iterable<string>): readonly string[] =>
  [...folders].filter((folder) => folder.startsWith(MODULES) && !folder.includes(`/${MODULES}`));

interface Found {
  readonly name: string;
  readonly version: string;
  readonly optional?: boolean;
}

function compare(
  from: string,
  name: string,
  wanted: Found | '' | undefined,
  found: Found | '' | undefined,
): string | undefined {
  const [a, b] = [textOf(wanted), textOf(found)];
  if (a === b) return undefined;
  return `${from} finds ${b ?? 'nothing'} as ${name}, and the lock file has ${a ?? 'nothing'}`;
}

const textOf = (found: Found | '' | undefined): string | undefined =>
  found === undefined || found === '' ? undefined : `${found.name}@${found.version}`;

/** As Node.js looks for a package: in node_modules of the folder itself, then of each one above (nodejs.org/api/modules.html). */
function find(packages: ReadonlyMap<string, unknown>, from: string, name: string): string | undefined {
  for (let folder = from; ;) {
    const candidate = folder === '' ? MODULES + name : `${folder}/${MODULES}${name}`;
    if (packages.has(candidate)) return candidate;
    if (folder === '') return undefined;
    const above = folder.lastIndexOf(`/${MODULES}`);
    folder = above < 0 ? '' : folder.slice(0, above);
  }
}

/**
 * What `npm ci --omit=dev` puts into node_modules for a platform, by the lock.
 *
 * An optional package for another platform is left out, and with it what cannot do without it, and what nothing else asks
 * for (optional-set.js of npm's arborist).
 */
import semver from 'semver';
import { type Edge, edgesOfPackageJson, visitEdges } from '../dependencies/npm/lock/edges.ts';
import { foldName, type LockEntry } from '../dependencies/npm/lock/entry.ts';
import type { Lock } from '../dependencies/npm/lock/read.ts';
import { lookUp } from '../dependencies/npm/lock/tree.ts';
import type { PackageJson } from '../dependencies/npm/package-json.ts';

/** Where code runs, in the words of package.json. */
export interface Platform {
  readonly os: string;
  readonly cpu: string;
  readonly libc: string;
  /** Programs that `engines` may name. If they are not given, no package is left out because of them. */
  readonly engines?: { readonly node: string; readonly npm: string };
}

/** Names that a package looks for at run time, with how much it needs them. */
export interface Needs {
  /** The source's own package.json. */
  readonly packageJson: PackageJson;
  readonly lock: Pick<Lock, 'packages' | 'root'>;
}

export function edgesOf(node: LockEntry, root: PackageJson): readonly Pick<Edge, 'name' | 'type'>[] {
  if (node.location === '') return edgesOfPackageJson(root);
  const edges: Pick<Edge, 'name' | 'type'>[] = [];
  visitEdges(node, ({ name, type, bundled }) => {
    // It is in the archive of the package.
    if (!bundled) edges.push({ name, type });
  });
  return edges;
}

/** @returns the packages by location, the root among them */
export function wantedPackages({ packageJson, lock }: Needs, platform: Platform): ReadonlySet<LockEntry> {
  const left = leftOut(lock.root, packageJson, lock.packages, platform);
  return reachable(lock.root, packageJson, left);
}

/** What Node.js finds if only the wanted packages are there. */
export function lookUpWanted(from: LockEntry, name: string, wanted: ReadonlySet<LockEntry>): LockEntry | undefined {
  for (let node: LockEntry | undefined = from; node !== undefined; node = node.parent) {
    const found = node.children?.get(foldName(name));
    if (found !== undefined && wanted.has(found)) return found;
  }
  return undefined;
}

/** Those that do not fit, and those that need one of them. */
function leftOut(
  top: LockEntry,
  root: PackageJson,
  nodes: ReadonlyMap<string, LockEntry>,
  platform: Platform,
): ReadonlySet<LockEntry> {
  const dependants = new Map<LockEntry, LockEntry[]>();
  for (const node of reachable(top, root, new Set())) {
    for (const { name, type } of edgesOf(node, root)) {
      if (type === 'optional' || type === 'peerOptional') continue;
      const found = lookUp(node, name);
      if (found !== undefined) dependants.set(found, [...(dependants.get(found) ?? []), node]);
    }
  }
  const required = requiredPackages({ packageJson: root, lock: { packages: nodes, root: top } });
  const isLeft = (node: LockEntry): boolean =>
    !fits(node, platform) || (!required.has(node) && !fitsEngines(node, platform.engines));
  const left = new Set([...nodes.values()].filter((node) => node !== top && isLeft(node)));
  // A Set's iteration comes to what is added during it.
  for (const node of left)
    for (const dependant of dependants.get(node) ?? []) if (dependant !== top) left.add(dependant);
  return left;
}

/** Those that npm may not leave out: what the source asks for, and what these packages cannot do without. */
export function requiredPackages({ packageJson, lock: { root } }: Needs): ReadonlySet<LockEntry> {
  return reachable(root, packageJson, new Set(), (type, from) => type === 'prod' || (type === 'peer' && from === root));
}

function reachable(
  top: LockEntry,
  root: PackageJson,
  left: ReadonlySet<LockEntry>,
  counts: (type: Edge['type'], from: LockEntry) => boolean = () => true,
): ReadonlySet<LockEntry> {
  const found = new Set([top]);
  for (const node of found) {
    for (const { name, type } of edgesOf(node, root)) {
      if (!counts(type, node)) continue;
      const next = lookUp(node, name);
      if (next !== undefined && !left.has(next)) found.add(next);
    }
  }
  return found;
}

/** Whether npm installs a package on a platform: a list allows what it names, or forbids what it names with `!`. */
const fits = (entry: LockEntry, platform: Platform): boolean =>
  allows(entry.os, platform.os) && allows(entry.cpu, platform.cpu) && allows(entry.libc, platform.libc);

/** npm leaves an optional package out whose `engines` do not fit (checkEngine of npm-install-checks). */
function fitsEngines({ engines }: LockEntry, programs: Platform['engines']): boolean {
  if (programs === undefined) return true;
  return (['node', 'npm'] as const).every((name) => {
    const range = engines[name];
    return typeof range !== 'string' || semver.satisfies(programs[name], range, { includePrerelease: true });
  });
}

function allows(list: readonly string[], value: string): boolean {
  if (list.length === 0 || (list.length === 1 && list[0] === 'any')) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((item) => item.startsWith('!'));
}

import { entryOf, foldName, type LockEntry, MODULES } from './entry.ts';

/** npm flattens its trees. In a deeper one nothing more is found, so that a look-up has a bound. */
const DEEPEST_TREE = 100;

/** Packages by location. */
interface LockTree {
  readonly root: LockEntry;
  readonly all: ReadonlyMap<string, LockEntry>;
}

/** Sets parents and children, as npm's loader does (arborist's load-virtual.js). The root is created if it is missing. */
export function buildLockTree(entries: Iterable<LockEntry>): LockTree {
  const packages = new Map<string, LockEntry>();
  for (const entry of entries) packages.set(entry.location, entry);
  const root = packages.get('') ?? entryOf('', {});
  packages.set('', root);
  for (const entry of packages.values()) {
    if (entry === root) continue;
    const at = entry.location.lastIndexOf(MODULES);
    if (at === -1) {
      entry.parent = folderAround(entry.location, packages) ?? root;
      continue;
    }
    entry.parent = at === 0 ? root : packages.get(entry.location.slice(0, at - 1));
    if (entry.parent !== undefined) (entry.parent.children ??= new Map()).set(foldName(entry.name), entry);
  }
  return { root, all: packages };
}

/** What Node.js, and so npm, finds for a name from a place: the nearest node_modules upwards. */
export function lookUp(from: LockEntry, name: string): LockEntry | undefined {
  const key = foldName(name);
  let entry: LockEntry | undefined = from;
  for (let steps = 0; entry !== undefined && steps < DEEPEST_TREE; steps += 1) {
    const found = entry.children?.get(key);
    if (found !== undefined) return found;
    entry = entry.parent;
  }
  return undefined;
}

/** The package whose folder contains another's folder. */
function folderAround(location: string, packages: ReadonlyMap<string, LockEntry>): LockEntry | undefined {
  const segments = location.split('/');
  for (let count = Math.min(segments.length - 1, DEEPEST_TREE); count > 0; count -= 1) {
    const around = packages.get(segments.slice(0, count).join('/'));
    if (around !== undefined) return around;
  }
  return undefined;
}

import { developmentEdges, type Edge, edgesOfManifest } from './edges.ts';
import { LockMatch } from './match.ts';
import type { LockNode } from './node.ts';
import { ASK } from './asks.ts';
import type { LockEntry, LockTable } from './table.ts';
import { faultOfEntry, type LockedSource } from './walk.ts';
import { registryCheck } from '../registries.ts';
import { ReleaseReader, satisfiesBytes, satisfiesPlainly } from '../satisfies.ts';

/**
 * Whether a walk through a lock (`walkLock`) would find nothing to report. It follows the same and asks the same, and works
 * on the bytes of what nearly all packages have, so that it takes less than half of the time; most locks are sound, and for
 * the others the walk tells why.
 *
 * @returns false also where that cannot be told in this way
 */
export function isSound(lock: LockTable, source: LockedSource): boolean {
  const manifest = source.manifests.get('');
  if (manifest === undefined) return false;
  const check = new SoundnessCheck(lock, source);
  return (
    edgesOfManifest(manifest).every((edge) => check.followManifest(edge, true)) &&
    check.followReached(true) &&
    developmentEdges(manifest).every((edge) => check.followManifest(edge, false)) &&
    check.followReached(false)
  );
}

class SoundnessCheck {
  readonly #lock: LockTable;
  readonly #files: LockedSource['files'];
  readonly #match: LockMatch;
  readonly #isAllowed: (resolved: string) => boolean;
  /** Numbers of names that an override may be about. */
  readonly #overridden: ReadonlySet<number>;
  readonly #wanted = new ReleaseReader();
  readonly #queue: LockEntry[] = [];
  readonly #nodes = new Map<LockEntry, LockNode>();

  constructor(lock: LockTable, { files, overrides, settings }: LockedSource) {
    this.#lock = lock;
    this.#files = files;
    this.#match = new LockMatch(overrides);
    this.#isAllowed = registryCheck(settings.npmRegistries);
    this.#overridden = new Set(overrides.map(({ name }) => lock.names.find(name)));
  }

  followManifest(edge: Edge, installed: boolean): boolean {
    const name = this.#lock.names.find(edge.name);
    const found = name === -1 ? undefined : this.#lock.lookUp(undefined, name);
    if (found === undefined) return edge.type === 'peerOptional';
    const fits =
      edge.type === 'peerOptional' ||
      (isRelease(found) && !this.#overridden.has(name) && satisfiesPlainly(found, edge.spec) === true) ||
      this.#fits(edge, found, undefined);
    if (!fits) return false;
    return this.#reach(found, installed, edge.spec);
  }

  followReached(installed: boolean): boolean {
    const { asks } = this.#lock;
    for (let entry = this.#queue.pop(); entry !== undefined; entry = this.#queue.pop()) {
      for (let ask = entry.asksFrom; ask < entry.asksTo; ask = asks.next(ask)) {
        if (!this.#follow(entry, ask, installed)) return false;
      }
    }
    return true;
  }

  #follow(from: LockEntry, ask: number, installed: boolean): boolean {
    const lock = this.#lock;
    const { asks } = lock;
    const type = asks.typeOf(ask);
    // It comes in the package's own archive.
    if (type === ASK.leftOut) return true;
    const name = asks.nameOf(ask);
    const found = lock.lookUp(from, name);
    if (found === undefined) return type === ASK.peerOptional;
    // Packages that disagree about a peer are told of, and installed.
    if (type <= ASK.optional && !this.#fitsPlainly(ask, found)) {
      const [specFrom, specTo] = [asks.specFrom(ask), asks.specTo(ask)];
      const edge = { name: lock.nameOf(name), spec: lock.text(specFrom, specTo), type: 'prod' } as const;
      if (!this.#fits(edge, found, from)) return false;
    }
    return found.isReached || this.#reach(found, installed, undefined);
  }

  #fitsPlainly(ask: number, found: LockEntry): boolean {
    const { bytes, asks } = this.#lock;
    if (!isRelease(found) || this.#overridden.has(asks.nameOf(ask))) return false;
    return satisfiesBytes(found, bytes, asks.specFrom(ask), asks.specTo(ask), this.#wanted) === true;
  }

  #fits(edge: Edge, found: LockEntry, from: LockEntry | undefined): boolean {
    const lock = this.#lock;
    const asking = {
      get entry() {
        return lock.objectOf(from ?? lock.root);
      },
    };
    return this.#match.fits(edge, this.#nodeOf(found), asking, '');
  }

  /** @param own as faultOfEntry has it */
  #reach(entry: LockEntry, installed: boolean, own: string | undefined): boolean {
    if (entry.isReached) return true;
    entry.isReached = true;
    if (!entry.isPlain) return false;
    this.#queue.push(entry);
    if (!installed || isBundled(entry) || isPinned(entry)) return true;
    return faultOfEntry(this.#nodeOf(entry), own, this.#files, this.#isAllowed) === undefined;
  }

  #nodeOf(entry: LockEntry): LockNode {
    let node = this.#nodes.get(entry);
    if (node === undefined) {
      node = this.#lock.nodeOf(entry);
      this.#nodes.set(entry, node);
    }
    return node;
  }
}

const isRelease = ({ major }: LockEntry): boolean => major !== -1;

const isPinned = ({ hasSha512, isElsewhere }: LockEntry): boolean => hasSha512 && !isElsewhere;

/** Bundled: it comes in the archive of a package above it, which has a checksum. */
function isBundled(entry: LockEntry): boolean {
  if (!entry.inBundle) return false;
  for (let above = entry.parent; above !== undefined; above = above.parent) if (above.bundlesOthers) return true;
  return false;
}

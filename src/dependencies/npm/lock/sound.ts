import { developmentEdges, type Edge, edgesOfManifest } from './edges.ts';
import { LockMatch } from './match.ts';
import type { LockNode } from './node.ts';
import { ASK } from './asks.ts';
import { BUNDLES_OTHERS, HAS_SHA512, IN_BUNDLE, IS_ELSEWHERE, IS_ODD, IS_REACHED, NO_ENTRY } from './marks.ts';
import { LockTable } from './table.ts';
import { DEFAULT_DEPENDENCY_SETTINGS } from '../../settings.ts';
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
  /** For V8, as the one of PackagesReader. */
  static readonly kept = new SoundnessCheck(new LockTable(Buffer.alloc(0)), {
    files: new Map(),
    manifests: new Map(),
    overrides: [],
    settings: DEFAULT_DEPENDENCY_SETTINGS,
  });

  readonly #lock: LockTable;
  readonly #files: LockedSource['files'];
  readonly #match: LockMatch;
  readonly #isAllowed: (resolved: string) => boolean;
  /** Numbers of names that an override may be about. */
  readonly #overridden: ReadonlySet<number>;
  readonly #wanted = new ReleaseReader();
  readonly #found = new ReleaseReader();
  readonly #queue: number[] = [];
  readonly #nodes = new Map<number, LockNode>();

  constructor(lock: LockTable, { files, overrides, settings }: LockedSource) {
    this.#lock = lock;
    this.#files = files;
    this.#match = new LockMatch(overrides);
    this.#isAllowed = registryCheck(settings.npmRegistries);
    this.#overridden = new Set(overrides.map(({ name }) => lock.names.find(name)));
  }

  followManifest(edge: Edge, installed: boolean): boolean {
    const lock = this.#lock;
    const name = lock.names.find(edge.name);
    const found = name === -1 ? NO_ENTRY : lock.lookUp(NO_ENTRY, name);
    if (found === NO_ENTRY) return edge.type === 'peerOptional';
    const fits =
      edge.type === 'peerOptional' ||
      (!this.#overridden.has(name) &&
        lock.entries.readRelease(found, this.#found) &&
        satisfiesPlainly(this.#found, edge.spec) === true) ||
      this.#fits(edge, found, NO_ENTRY);
    if (!fits) return false;
    return this.#reach(found, installed, edge.spec);
  }

  followReached(installed: boolean): boolean {
    const { asks, entries } = this.#lock;
    for (let entry = this.#queue.pop(); entry !== undefined; entry = this.#queue.pop()) {
      const end = entries.asksTo(entry);
      for (let ask = entries.asksFrom(entry); ask < end; ask = asks.next(ask)) {
        if (!this.#follow(entry, ask, installed)) return false;
      }
    }
    return true;
  }

  #follow(from: number, ask: number, installed: boolean): boolean {
    const lock = this.#lock;
    const { asks } = lock;
    const type = asks.typeOf(ask);
    // It comes in the package's own archive.
    if (type === ASK.leftOut) return true;
    const name = asks.nameOf(ask);
    const found = lock.lookUp(from, name);
    if (found === NO_ENTRY) return type === ASK.peerOptional;
    // Packages that disagree about a peer are told of, and installed.
    if (type <= ASK.optional && !this.#fitsPlainly(ask, found)) {
      const spec = lock.text(asks.specFrom(ask), asks.specTo(ask));
      if (!this.#fits({ name: lock.nameOf(name), spec, type: 'prod' }, found, from)) return false;
    }
    return this.#reach(found, installed, undefined);
  }

  #fitsPlainly(ask: number, found: number): boolean {
    const { bytes, asks, entries } = this.#lock;
    if (!entries.readRelease(found, this.#found) || this.#overridden.has(asks.nameOf(ask))) return false;
    return satisfiesBytes(this.#found, bytes, asks.specFrom(ask), asks.specTo(ask), this.#wanted) === true;
  }

  #fits(edge: Edge, found: number, from: number): boolean {
    const lock = this.#lock;
    const asking = {
      get entry() {
        return lock.objectOf(from);
      },
    };
    return this.#match.fits(edge, this.#nodeOf(found), asking, '');
  }

  /** @param own as faultOfEntry has it */
  #reach(entry: number, installed: boolean, own: string | undefined): boolean {
    const { entries } = this.#lock;
    if (entries.has(entry, IS_REACHED)) return true;
    entries.mark(entry, IS_REACHED);
    if (entries.has(entry, IS_ODD)) return false;
    this.#queue.push(entry);
    if (!installed || this.#isBundled(entry) || this.#isPinned(entry)) return true;
    return faultOfEntry(this.#nodeOf(entry), own, this.#files, this.#isAllowed) === undefined;
  }

  #isPinned(entry: number): boolean {
    const { entries } = this.#lock;
    return entries.has(entry, HAS_SHA512) && !entries.has(entry, IS_ELSEWHERE);
  }

  /** Bundled: it comes in the archive of a package above it, which has a checksum. */
  #isBundled(entry: number): boolean {
    const { entries } = this.#lock;
    if (!entries.has(entry, IN_BUNDLE)) return false;
    for (let above = entries.parent(entry); above !== NO_ENTRY; above = entries.parent(above)) {
      if (entries.has(above, BUNDLES_OTHERS)) return true;
    }
    return false;
  }

  #nodeOf(entry: number): LockNode {
    let node = this.#nodes.get(entry);
    if (node === undefined) {
      node = this.#lock.nodeOf(entry);
      this.#nodes.set(entry, node);
    }
    return node;
  }
}

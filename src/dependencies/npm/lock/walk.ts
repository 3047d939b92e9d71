import type { SourceFiles } from '../../../function/files.ts';
import type { Budget } from '../../budget.ts';
import type { DependencySettings } from '../../settings.ts';
import { isIntegrity } from './integrity.ts';
import type { Lock } from './read.ts';
import { developmentEdges, type Edge, edgesOfManifest, visitEdges } from './edges.ts';
import { LockMatch } from './match.ts';
import type { LockEntry } from './entry.ts';
import { lookUp } from './tree.ts';
import type { Manifest } from '../manifest.ts';
import type { Override } from '../overrides.ts';
import { registryCheck } from '../registries.ts';
import { isCommit, parseSpec } from '../spec.ts';

/** Something that keeps a lock from being trusted. */
export interface LockFault {
  readonly kind: 'missing' | 'other-version' | 'integrity' | 'commit' | 'registry' | 'outside' | 'no-target';
  /** Location in the lock that it is about; of the package that asks, where another is missing. */
  readonly location: string;
  readonly name: string;
  /** What the lock has there. */
  readonly version: string;
  readonly resolved: string;
  /** What is asked for. */
  readonly spec: string;
}

/** A lock, and what keeps it from being trusted. */
export interface JudgedLock extends Lock {
  readonly faults: readonly LockFault[];
}

/** What the walk needs of the source. */
export interface LockedSource {
  readonly files: SourceFiles;
  /** By folder; the root's is `''`. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly overrides: readonly Override[];
  readonly settings: DependencySettings;
  readonly budget: Budget;
}

/** Of following an edge. */
const EDGE_STEPS = 5;

/** Follows what an installation would take from a lock, from the manifests on, each package once. */
export function judgeLock(lock: Lock, source: LockedSource): JudgedLock {
  const { packages: nodes, root } = lock;
  const faults: LockFault[] = [];
  const match = new LockMatch(source.overrides);
  const isAllowed = registryCheck(source.settings.npmRegistries);
  const seen = new Set<LockEntry>();
  const queue: LockEntry[] = [];
  const report = (kind: LockFault['kind'], node: LockEntry, name: string, spec = ''): void => {
    faults.push({
      kind,
      location: node.location,
      name,
      version: node.version,
      resolved: node.resolved ?? '',
      spec,
    });
  };

  const follow = (from: LockEntry, edge: Edge, manifest: Manifest | undefined, installed: boolean): void => {
    source.budget.spend(EDGE_STEPS);
    const found = lookUp(from, edge.name);
    if (found === undefined) {
      // npm looks even for what is optional: it is in the lock for every platform.
      if (edge.type !== 'peerOptional') report('missing', from, edge.name, edge.spec);
      return;
    }
    // Packages that disagree about a peer are told of, and installed.
    const strict = edge.type !== 'peerOptional' && (edge.type !== 'peer' || from.location === '');
    if (strict && !match.fits(edge, found, from, manifest?.folder ?? '')) {
      report('other-version', found, edge.name, edge.spec);
    }
    if (seen.has(found)) return;
    seen.add(found);
    queue.push(found);
    if (!installed || isBundled(found)) return;
    const own = manifest === undefined ? undefined : edge.spec;
    const kind = faultOfEntry(found, own, source.files, isAllowed);
    if (kind !== undefined) report(kind, found, found.name);
  };

  const drain = (installed: boolean): void => {
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      const target = node.link ? nodes.get(node.target ?? '') : node;
      if (target === undefined) {
        report('no-target', node, node.name);
        continue;
      }
      const manifest = target === node ? undefined : source.manifests.get(target.location);
      // A package with a shrinkwrap of its own brings what it needs.
      if (target.hasShrinkwrap) continue;
      if (manifest === undefined) {
        visitEdges(target, (name, spec, type) => {
          follow(target, { name, spec, type }, undefined, installed);
        });
      } else {
        for (const edge of edgesOfManifest(manifest)) follow(target, edge, manifest, installed);
      }
    }
  };

  const manifest = source.manifests.get('');
  if (manifest !== undefined) {
    for (const edge of edgesOfManifest(manifest)) follow(root, edge, manifest, true);
    drain(true);
    for (const edge of developmentEdges(manifest)) follow(root, edge, manifest, false);
    drain(false);
  }
  return { ...lock, faults };
}

/** Bundled: it comes in the archive of a package above it, which has a checksum. */
function isBundled(node: LockEntry): boolean {
  if (!node.inBundle) return false;
  for (let above = node.parent; above !== undefined && above.location !== ''; above = above.parent) {
    if (above.bundleDependencies.length > 0) return true;
  }
  return false;
}

/** What is wrong with an entry by itself. */
export function faultOfEntry(
  { location, name, resolved, integrity, link }: LockEntry,
  /** Where a manifest of the source asks for it: an author may name any address, a lock only that of a registry. */
  own: string | undefined,
  files: SourceFiles,
  isAllowed: (resolved: string) => boolean,
): LockFault['kind'] | undefined {
  if (!isInside(location)) return 'outside';
  if (link) return resolved !== undefined && isInside(resolved) ? undefined : 'outside';
  if (resolved !== undefined && !/^https?:/i.test(resolved)) {
    const spec = parseSpec(name, resolved);
    if (spec.kind === 'git') return isCommit(spec.committish) ? undefined : 'commit';
    if (spec.kind === 'file') return spec.path !== undefined && files.has(spec.path) ? undefined : 'outside';
    return 'outside';
  }
  if (resolved !== undefined && resolved !== own && !isAllowed(resolved)) return 'registry';
  return isIntegrity(integrity) ? undefined : 'integrity';
}

const isInside = (path: string): boolean =>
  !path.startsWith('/') && !(path.includes('..') && path.split(/[/\\]/).includes('..'));

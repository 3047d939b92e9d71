import type { SourceFiles } from '../../../function/files.ts';
import type { DependencySettings } from '../../settings.ts';
import { isIntegrity } from './integrity.ts';
import type { Lock } from './read.ts';
import { developmentEdges, type Edge, edgesOfManifest, visitEdges } from './edges.ts';
import { LockMatch } from './match.ts';
import type { LockNode } from './node.ts';
import { buildLockTree, lookUp } from './tree.ts';
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

export interface WalkedLock {
  readonly file: string;
  readonly positionOf: Lock['positionOf'];
  readonly nodes: ReadonlyMap<string, LockNode>;
  readonly faults: readonly LockFault[];
}

/** What the walk needs of the source. */
export interface LockedSource {
  readonly files: SourceFiles;
  /** By folder; the root's is `''`. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly overrides: readonly Override[];
  readonly settings: DependencySettings;
}

/** Follows what an installation would take from a lock, from the manifests on, each package once. */
export function walkLock(lock: Lock, source: LockedSource): WalkedLock {
  const nodes = buildLockTree(lock.entries);
  const faults: LockFault[] = [];
  const match = new LockMatch(source.overrides);
  const isAllowed = registryCheck(source.settings.npmRegistries);
  const seen = new Set<LockNode>();
  const queue: LockNode[] = [];
  const report = (kind: LockFault['kind'], node: LockNode, name: string, spec = ''): void => {
    faults.push({
      kind,
      location: node.location,
      name,
      version: node.version,
      resolved: node.resolved ?? '',
      spec,
    });
  };

  const follow = (from: LockNode, edge: Edge, manifest: Manifest | undefined, installed: boolean): void => {
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
      const target = node.isLink ? nodes.get(String(node.entry.resolved)) : node;
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

  const root = nodes.get('');
  const manifest = source.manifests.get('');
  if (root !== undefined && manifest !== undefined) {
    for (const edge of edgesOfManifest(manifest)) follow(root, edge, manifest, true);
    drain(true);
    for (const edge of developmentEdges(manifest)) follow(root, edge, manifest, false);
    drain(false);
  }
  return { file: lock.file, positionOf: lock.positionOf, nodes, faults };
}

/** Bundled: it comes in the archive of a package above it, which has a checksum. */
function isBundled(node: LockNode): boolean {
  if (!node.inBundle) return false;
  for (let above = node.parent; above !== undefined && above.location !== ''; above = above.parent) {
    if (above.bundlesOthers) return true;
  }
  return false;
}

/** What is wrong with an entry by itself. */
export function faultOfEntry(
  { location, name, resolved, integrity, isLink }: LockNode,
  /** Where a manifest of the source asks for it: an author may name any address, a lock only that of a registry. */
  own: string | undefined,
  files: SourceFiles,
  isAllowed: (resolved: string) => boolean,
): LockFault['kind'] | undefined {
  if (!isInside(location)) return 'outside';
  if (isLink) return resolved !== undefined && isInside(resolved) ? undefined : 'outside';
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

import type { SourceFiles } from '../../../function/files.ts';
import type { Budget } from '../../budget.ts';
import type { DependencySettings } from '../../settings.ts';
import type { JsonFile } from '../json-file.ts';
import type { JsonNode } from '../json-walk.ts';
import type { PackageJson } from '../package-json.ts';
import type { Override } from '../overrides.ts';
import type { SpecReader } from '../spec-reader.ts';
import { bundlersOf } from './bundles.ts';
import { foldName, type LockEntry, MODULES } from './entry.ts';
import type { LockFault } from './fault.ts';
import { type FoundEdge, followLock, isOwn, type LockGraph } from './graph.ts';
import { legacyFault } from './legacy.ts';
import { locationFault } from './location.ts';
import { LockMatch } from './match.ts';
import { originCheck } from './origin.ts';
import type { Lock } from './read.ts';
import { shapeFault } from './shape.ts';

/** A lock, and what keeps it from being trusted. */
export interface JudgedLock extends Lock {
  readonly faults: readonly LockFault[];
  /** Packages for development that npm 10, which believes the lock's flags, and npm 11, which follows the graph, leave out. */
  readonly omitted: ReadonlySet<LockEntry>;
  readonly graph: LockGraph;
}

/** What the judgement needs of the source. */
export interface LockedSource {
  readonly files: SourceFiles;
  /** By folder; the root's is `''`. */
  readonly packageJsons: ReadonlyMap<string, PackageJson>;
  readonly overrides: readonly Override[];
  readonly settings: DependencySettings;
  readonly specs: SpecReader;
  readonly budget: Budget;
}

/**
 * Judges every entry of a lock, asked for or not: npm 10 believes the lock and installs what is in it, npm 11 follows the
 * graph. A lock without faults is one of which both install the same.
 */
export function judgeLock(lock: Lock, source: LockedSource): JudgedLock {
  const graph = followLock(lock, source.packageJsons, source.budget);
  const omitted = omittedOf(lock, graph);
  const bundlers = bundlersOf(lock, source.packageJsons, graph.edges);
  const faults = [
    ...faultsOfText(lock, source),
    ...faultsOfEdges(graph, bundlers, source),
    ...faultsOfEntries({ ...lock, omitted }, graph, bundlers, source),
  ];
  return { ...lock, faults, omitted, graph };
}

/** npm leaves none out in a folder of the source (`shouldOmit` of arborist's node.js). */
const omittedOf = ({ packages }: Lock, { asked, production }: LockGraph): ReadonlySet<LockEntry> =>
  new Set(
    [...packages.values()].filter(
      (entry) => entry.dev && asked.has(entry) && !production.has(entry) && entry.location.startsWith(MODULES),
    ),
  );

type Bundlers = ReadonlyMap<LockEntry, LockEntry>;

const faultOf = (kind: LockFault['kind'], entry: LockEntry, more: Partial<LockFault> = {}): LockFault => ({
  kind,
  location: entry.location,
  name: entry.name,
  version: entry.version,
  resolved: entry.resolved ?? '',
  spec: '',
  ...more,
});

/** How the lock is written, apart from what it has. */
function* faultsOfText(lock: Lock, { files, budget }: LockedSource): Generator<LockFault> {
  const { packages, root } = lock;
  for (const { location, reason } of lock.unreadable) {
    yield faultOf('shape', { ...root, location, name: location }, { reason });
  }
  const seen = new Map<string, string>();
  for (const entry of packages.values()) {
    const { location, json } = entry;
    const reason = locationFault(location);
    if (reason !== undefined) yield faultOf('location', entry, { reason });
    const folded = foldName(location);
    const other = seen.get(folded);
    if (other === undefined) seen.set(folded, location);
    else yield faultOf('location', entry, { reason: `is another spelling of ${JSON.stringify(other)}` });
    const shape = shapeFault(json, isOwn(entry));
    if (shape !== undefined) yield faultOf('shape', entry, shape);
  }
  for (const { name, path } of duplicatesIn(lock.json)) yield faultOf('duplicate', root, { name, path });
  const legacy = legacyFault(lock.json.value, packages, budget);
  if (legacy !== undefined) yield faultOf('legacy', root, legacy);
  // Of a lock without addresses npm takes those of yarn.lock (`addEdge` of arborist's shrinkwrap.js).
  const isOpen = ({ location, link, resolved, integrity }: LockEntry): boolean =>
    location !== '' && !link && (resolved === undefined || integrity === undefined);
  if ((files.get('yarn.lock')?.length ?? 0) > 0 && [...packages.values()].some(isOpen)) yield faultOf('yarn', root);
}

/** Names that an object has twice: npm takes the last, and another reader may take the first. */
const duplicatesIn = (json: JsonFile): Iterable<Duplicate> => (json.isAsWritten() ? [] : duplicatesOf(json.nodes()));

interface Duplicate {
  readonly name: string;
  readonly path: readonly string[];
}

function* duplicatesOf(node: JsonNode, path: readonly string[] = []): Generator<Duplicate> {
  for (const { name } of node.duplicates) yield { name, path: [...path, name] };
  // As deep as places are kept.
  for (const [name, child] of node.children) if (child.children.size > 0) yield* duplicatesOf(child, [...path, name]);
}

/** What is asked for and not there as it is asked for. */
function* faultsOfEdges(graph: LockGraph, bundlers: Bundlers, source: LockedSource): Generator<LockFault> {
  const match = new LockMatch(source.overrides, bundlers, source);
  for (const link of graph.broken) yield faultOf('no-target', link);
  for (const edge of graph.edges) {
    // Bundled packages come in the archive, whatever the lock has.
    if (edge.bundled) continue;
    const { from, to, name, spec, type } = edge;
    if (to === undefined || isLocalPeer(edge, to)) {
      // npm looks even for what is optional: it is in the lock for every platform.
      if (type !== 'peerOptional') yield faultOf('missing', from, { name, spec });
      continue;
    }
    // npm warns if packages disagree about a peer, and installs them.
    if (type === 'peerOptional' || (type === 'peer' && from.location !== '')) continue;
    const fault = match.faultOf(edge, to);
    if (fault !== undefined) yield faultOf(fault, to, { name, spec });
  }
}

/** A peer has to be beside a package, not in it. */
const isLocalPeer = ({ type, from, packageJson }: FoundEdge, to: LockEntry): boolean =>
  (type === 'peer' || type === 'peerOptional') && to.parent === from && packageJson === undefined;

/** What the lock says about each entry, and where its content would come from. */
function* faultsOfEntries(
  lock: Lock & Pick<JudgedLock, 'omitted'>,
  { edges, asked, production, required }: LockGraph,
  bundlers: Bundlers,
  { files, settings }: LockedSource,
): Generator<LockFault> {
  const originFault = originCheck(files, settings);
  const own = new Map<LockEntry, string>();
  for (const { to, packageJson, spec } of edges) if (to !== undefined && packageJson !== undefined) own.set(to, spec);
  for (const entry of lock.packages.values()) {
    if (entry === lock.root) continue;
    const bundler = bundlers.get(entry);
    const isBundled = bundler !== undefined && bundler !== lock.root && entry.inBundle;
    if (!asked.has(entry) && !isBundled) {
      yield faultOf('unreached', entry);
    } else {
      const flag = flagFault(entry, { bundler, dev: !production.has(entry), optional: !required.has(entry) });
      if (flag !== undefined && asked.has(entry)) yield faultOf('flag', entry, flag);
    }
    if (entry.hasShrinkwrap) yield faultOf('shrinkwrap', entry);
    if (lock.omitted.has(entry)) continue;
    const kind = originFault(entry, { own: own.get(entry), isBundled });
    if (kind !== undefined) yield faultOf(kind, entry);
  }
}

interface Graphed {
  readonly bundler: LockEntry | undefined;
  readonly dev: boolean;
  readonly optional: boolean;
}

/** The first flag that says what the graph does not: npm 10 believes the lock, npm 11 the graph. */
function flagFault(
  entry: LockEntry,
  { bundler, dev, optional }: Graphed,
): Pick<LockFault, 'field' | 'reason'> | undefined {
  // Of a link npm takes those of its target.
  if (entry.link) return undefined;
  if (entry.extraneous) return { field: 'extraneous', reason: 'is marked "extraneous", and is asked for' };
  if (entry.dev !== dev) {
    return dev
      ? { reason: 'is for development only, and is not marked "dev"' }
      : { field: 'dev', reason: 'is marked "dev", and is needed without development packages' };
  }
  if (entry.optional !== optional) {
    return optional
      ? { reason: 'is optional, and is not marked "optional"' }
      : { field: 'optional', reason: 'is marked "optional", and is needed' };
  }
  if (!entry.inBundle && bundler !== undefined && bundler.location !== '') {
    return { reason: 'comes in the archive of the package above it, and is not marked "inBundle"' };
  }
  if (!entry.inBundle || bundler !== undefined) return undefined;
  return { field: 'inBundle', reason: 'is marked "inBundle", and no package above it bundles it' };
}

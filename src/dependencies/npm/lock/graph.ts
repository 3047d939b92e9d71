/** Who asks for whom in a lock, followed from package.json on as npm does (arborist's node.js and calc-dep-flags.js). */
import type { Budget } from '../../budget.ts';
import type { PackageJson } from '../package-json.ts';
import { developmentEdges, type Edge, edgesOfPackageJson, visitEdges } from './edges.ts';
import type { LockEntry } from './entry.ts';
import type { Lock } from './read.ts';
import { lookUp } from './tree.ts';

/** An edge and what it finds. */
export interface FoundEdge extends Edge {
  readonly from: LockEntry;
  readonly to: LockEntry | undefined;
  /** The package.json that asks, of the source and its folders. */
  readonly packageJson: PackageJson | undefined;
}

export interface LockGraph {
  readonly edges: readonly FoundEdge[];
  /** Links whose target the lock does not have. */
  readonly broken: ReadonlySet<LockEntry>;
  /** What is asked for by more than optional peers, which npm 10 installs for them and npm 11 does not. */
  readonly asked: ReadonlySet<LockEntry>;
  /** What an installation without development packages takes. */
  readonly production: ReadonlySet<LockEntry>;
  /** What is asked for without any optional edge in between. */
  readonly required: ReadonlySet<LockEntry>;
}

/** Of following an edge. */
const EDGE_STEPS = 2;

export function followLock(lock: Lock, packageJsons: ReadonlyMap<string, PackageJson>, budget: Budget): LockGraph {
  const edges: FoundEdge[] = [];
  const broken = new Set<LockEntry>();
  const outgoing = new Map<LockEntry, readonly FoundEdge[]>();
  const follow = (from: LockEntry): readonly FoundEdge[] => {
    const packageJson = isOwn(from) ? packageJsons.get(from.location) : undefined;
    const own: FoundEdge[] = [];
    const add = (edge: Edge): void => {
      budget.spend(EDGE_STEPS);
      const { name, spec, type, accepted, bundled } = edge;
      own.push({ name, spec, type, accepted, bundled, from, to: lookUp(from, name), packageJson });
    };
    if (packageJson === undefined) visitEdges(from, add);
    else {
      edgesOfPackageJson(packageJson).forEach(add);
      developmentEdges(packageJson).forEach(add);
    }
    for (const edge of own) edges.push(edge);
    return own;
  };

  const reach = (takes: (edge: FoundEdge) => boolean): Set<LockEntry> => {
    const reached = new Set([lock.root]);
    // A Set's iteration comes to what is added during it.
    for (const entry of reached) {
      budget.spend(1);
      if (entry.link) {
        const target = lock.packages.get(entry.target ?? '');
        if (target !== undefined && target !== lock.root && !target.link) reached.add(target);
        else broken.add(entry);
        continue;
      }
      let own = outgoing.get(entry);
      if (own === undefined) {
        own = follow(entry);
        outgoing.set(entry, own);
      }
      for (const edge of own) if (edge.to !== undefined && takes(edge)) reached.add(edge.to);
    }
    return reached;
  };

  // First, as it follows each edge that one of the others may take.
  reach(() => true);
  return {
    edges,
    broken,
    asked: reach(({ type }) => type !== 'peerOptional'),
    production: reach(({ type }) => type !== 'dev'),
    required: reach(({ type }) => type !== 'optional' && type !== 'peerOptional'),
  };
}

/** The source itself, or a folder of it. */
export const isOwn = ({ location }: LockEntry): boolean => !/(?:^|\/)node_modules\//.test(location);

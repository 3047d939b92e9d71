import type { JsonObject } from '../json-file.ts';
import type { LockEntry } from './entry.ts';
import { isOptionalPeer, type Manifest } from '../manifest.ts';

/** That one package asks for another. The names are npm's (arborist's edge.js). */
export interface Edge {
  readonly name: string;
  readonly spec: string;
  readonly type: 'prod' | 'optional' | 'peer' | 'peerOptional' | 'dev';
  /** A second spec by which npm accepts what is there. */
  readonly accepted?: string;
}

type Visit = (name: string, spec: string, type: Edge['type']) => void;

/** What an entry of a lock asks for; if several groups name a package, the last one wins. */
export function visitEdges(entry: LockEntry, visit: Visit): void {
  const { dependencies, optionalDependencies, peerDependencies } = entry;
  const visitAll = (specs: JsonObject, type: Edge['type'], ...later: readonly JsonObject[]): void => {
    for (const name of Object.keys(specs)) {
      const spec = specs[name];
      // What is bundled comes in the package's own archive.
      if (typeof spec !== 'string' || entry.bundleDependencies.includes(name)) continue;
      if (!later.some((group) => Object.hasOwn(group, name))) visit(name, spec, type);
    }
  };
  visitAll(dependencies, 'prod', optionalDependencies);
  visitAll(optionalDependencies, 'optional');
  for (const name of Object.keys(peerDependencies)) {
    const spec = peerDependencies[name];
    if (typeof spec !== 'string' || entry.bundleDependencies.includes(name)) continue;
    if (Object.hasOwn(dependencies, name) || Object.hasOwn(optionalDependencies, name)) continue;
    visit(name, spec, isOptionalPeer(entry.peerDependenciesMeta, name) ? 'peerOptional' : 'peer');
  }
}

const TYPES = { dependencies: 'prod', optionalDependencies: 'optional', peerDependencies: 'peer' } as const;

/** What a manifest asks for in an installation. */
export function edgesOfManifest(manifest: Manifest): readonly Edge[] {
  return [...manifest.installed.values()].map(({ name, spec, group, optionalPeer }) => ({
    name,
    spec,
    type: optionalPeer ? 'peerOptional' : TYPES[group],
    ...acceptedBy(manifest, name),
  }));
}

export function developmentEdges(manifest: Manifest): readonly Edge[] {
  return [...manifest.development].map(([name, spec]) => ({ name, spec, type: 'dev', ...acceptedBy(manifest, name) }));
}

function acceptedBy({ accepted }: Manifest, name: string): { readonly accepted?: string } {
  const spec = Object.hasOwn(accepted, name) ? accepted[name] : undefined;
  return typeof spec === 'string' ? { accepted: spec } : {};
}

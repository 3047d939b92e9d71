import { isJsonObject } from './json-file.ts';
import type { LockNode } from './lock-tree.ts';
import { isOptionalPeer, type Manifest } from './manifest.ts';

/** That one package asks for another. The names are npm's (arborist's edge.js). */
export interface Edge {
  readonly name: string;
  readonly spec: string;
  readonly type: 'prod' | 'optional' | 'peer' | 'peerOptional' | 'dev';
  /** A second spec by which npm accepts what is there. */
  readonly accepted?: string;
}

/** What an entry of a lock asks for; where several groups name a package, the last wins. */
export function edgesOfEntry({ entry }: LockNode): readonly Edge[] {
  const edges: Edge[] = [];
  const { dependencies, optionalDependencies, peerDependencies, bundleDependencies } = entry;
  const optional = isJsonObject(optionalDependencies) ? optionalDependencies : undefined;
  const production = isJsonObject(dependencies) ? dependencies : undefined;
  // What is bundled comes in the package's own archive.
  const bundled = Array.isArray(bundleDependencies) ? new Set<unknown>(bundleDependencies) : undefined;
  const add = (name: string, spec: unknown, type: Edge['type']): void => {
    if (typeof spec === 'string' && bundled?.has(name) !== true) edges.push({ name, spec, type });
  };
  for (const name in production) {
    if (optional === undefined || !Object.hasOwn(optional, name)) add(name, production[name], 'prod');
  }
  for (const name in optional) add(name, optional[name], 'optional');
  if (isJsonObject(peerDependencies)) {
    for (const name in peerDependencies) {
      if (production !== undefined && Object.hasOwn(production, name)) continue;
      if (optional !== undefined && Object.hasOwn(optional, name)) continue;
      add(name, peerDependencies[name], isOptionalPeer(entry.peerDependenciesMeta, name) ? 'peerOptional' : 'peer');
    }
  }
  return edges;
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

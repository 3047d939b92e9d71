import { isJsonObject, type JsonObject } from '../json-file.ts';
import type { LockNode } from './node.ts';
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

/** What an entry of a lock asks for; where several groups name a package, the last wins. */
export function visitEdges({ entry }: LockNode, visit: Visit): void {
  const { dependencies, optionalDependencies, peerDependencies, bundleDependencies } = entry;
  const production = isJsonObject(dependencies) ? dependencies : undefined;
  const optional = isJsonObject(optionalDependencies) ? optionalDependencies : undefined;
  // What is bundled comes in the package's own archive.
  const bundled = Array.isArray(bundleDependencies) ? new Set<unknown>(bundleDependencies) : undefined;
  const visitAll = (specs: JsonObject, type: Edge['type'], isLater: (name: string) => boolean): void => {
    for (const name in specs) {
      const spec = specs[name];
      if (typeof spec === 'string' && !isLater(name) && bundled?.has(name) !== true) visit(name, spec, type);
    }
  };
  const isOptional = (name: string): boolean => optional !== undefined && Object.hasOwn(optional, name);
  if (production !== undefined) visitAll(production, 'prod', isOptional);
  if (optional !== undefined) visitAll(optional, 'optional', () => false);
  if (!isJsonObject(peerDependencies)) return;
  const isNoPeer = (name: string): boolean =>
    isOptional(name) || (production !== undefined && Object.hasOwn(production, name));
  for (const name in peerDependencies) {
    const spec = peerDependencies[name];
    if (typeof spec !== 'string' || isNoPeer(name) || bundled?.has(name) === true) continue;
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

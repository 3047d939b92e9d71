import type { JsonObject } from '../../../json/object.ts';
import type { LockEntry } from './entry.ts';
import { isOptionalPeer, type PackageJson } from '../package-json.ts';

/** That one package asks for another. The names are npm's (arborist's edge.js). */
export interface Edge {
  readonly name: string;
  readonly spec: string;
  readonly type: 'prod' | 'optional' | 'peer' | 'peerOptional' | 'dev';
  /** A second spec by which npm accepts what is there. */
  readonly accepted: string | undefined;
  /** It comes in the archive of the package that asks. */
  readonly bundled: boolean;
}

/** What an entry of a lock asks for; if several groups name a package, the last one wins. */
export function visitEdges(entry: LockEntry, visit: (edge: Edge) => void): void {
  const { dependencies, optionalDependencies, peerDependencies, bundleDependencies } = entry;
  const visitAll = (
    specs: JsonObject,
    typeOf: (name: string) => Edge['type'],
    ...later: readonly JsonObject[]
  ): void => {
    for (const [name, spec] of Object.entries(specs)) {
      if (typeof spec !== 'string' || later.some((group) => Object.hasOwn(group, name))) continue;
      const bundled = bundleDependencies.length > 0 && bundleDependencies.includes(name);
      visit({ name, spec, type: typeOf(name), accepted: acceptedBy(entry.acceptDependencies, name), bundled });
    }
  };
  visitAll(dependencies, () => 'prod', optionalDependencies);
  visitAll(optionalDependencies, () => 'optional');
  const peerType = (name: string): Edge['type'] =>
    isOptionalPeer(entry.peerDependenciesMeta, name) ? 'peerOptional' : 'peer';
  visitAll(peerDependencies, peerType, dependencies, optionalDependencies);
}

const TYPES = { dependencies: 'prod', optionalDependencies: 'optional', peerDependencies: 'peer' } as const;

/** What a package.json asks for in an installation. */
export function edgesOfPackageJson(packageJson: PackageJson): readonly Edge[] {
  return [...packageJson.installed.values()].map(({ name, spec, group, optionalPeer }) => ({
    name,
    spec,
    type: optionalPeer ? 'peerOptional' : TYPES[group],
    accepted: acceptedBy(packageJson.accepted, name),
    bundled: false,
  }));
}

export function developmentEdges(packageJson: PackageJson): readonly Edge[] {
  return [...packageJson.development].map(([name, spec]) => ({
    name,
    spec,
    type: 'dev',
    accepted: acceptedBy(packageJson.accepted, name),
    bundled: false,
  }));
}

function acceptedBy(accepted: JsonObject, name: string): string | undefined {
  const spec = Object.hasOwn(accepted, name) ? accepted[name] : undefined;
  return typeof spec === 'string' ? spec : undefined;
}

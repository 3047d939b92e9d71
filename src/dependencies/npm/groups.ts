/**
 * npm's groups of dependencies.
 *
 * Those that `npm install --omit=dev` installs, in the order in which npm reads them: if two name a package, the later one
 * wins (`_loadDeps` of arborist's node.js).
 */
export const INSTALLED_GROUPS = ['peerDependencies', 'dependencies', 'optionalDependencies'] as const;
export type InstalledGroup = (typeof INSTALLED_GROUPS)[number];

/** All of them. */
export const DEPENDENCY_GROUPS = [...INSTALLED_GROUPS, 'devDependencies'] as const;
type DependencyGroup = (typeof DEPENDENCY_GROUPS)[number];

/** The order in which npm looks up what a lock recorded for a name (arborist's dep-valid.js). */
export const RECORDED_ORDER = [
  'dependencies',
  'optionalDependencies',
  'devDependencies',
  'peerDependencies',
] as const satisfies readonly DependencyGroup[];

/** The order in which npm looks up the `$name` of an override (arborist's edge.js). */
export const REFERENCE_ORDER = [
  'devDependencies',
  'optionalDependencies',
  'dependencies',
  'peerDependencies',
] as const satisfies readonly DependencyGroup[];

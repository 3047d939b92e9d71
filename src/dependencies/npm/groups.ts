/**
 * npm's groups of dependencies.
 *
 * Those that `npm install --omit=dev` installs, in the order in which npm reads them: if two name a package, the later one
 * wins (`_loadDeps` of arborist's node.js).
 */
export const INSTALLED_GROUPS = ['peerDependencies', 'dependencies', 'optionalDependencies'] as const;
export type InstalledGroup = (typeof INSTALLED_GROUPS)[number];

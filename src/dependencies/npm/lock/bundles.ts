/** Packages that come in the archive of another (`getBundler` of arborist's node.js). */
import { isJsonObject } from '../../../json/object.ts';
import type { PackageJson } from '../package-json.ts';
import { foldName, type LockEntry } from './entry.ts';
import type { FoundEdge } from './graph.ts';
import type { Lock } from './read.ts';

/**
 * A package is bundled if the one above it names it, is bundled itself, or bundles a package that asks for it and finds it
 * there.
 *
 * @returns the package in whose archive each one comes; the source itself has no archive
 */
export function bundlersOf(
  { packages, root }: Lock,
  packageJsons: ReadonlyMap<string, PackageJson>,
  edges: readonly FoundEdge[],
): ReadonlyMap<LockEntry, LockEntry> {
  const bundlers = new Map<LockEntry, LockEntry>();
  for (const bundler of packages.values()) {
    for (const name of bundler === root ? namesIn(packageJsons.get('')) : bundler.bundleDependencies) {
      const bundled = bundler.children?.get(foldName(name));
      if (bundled?.name === name) bundlers.set(bundled, bundler);
    }
  }
  if (bundlers.size === 0) return bundlers;
  const asks = new Map<LockEntry, LockEntry[]>();
  for (const { from, to } of edges) {
    if (to === undefined) continue;
    const known = asks.get(from);
    if (known === undefined) asks.set(from, [to]);
    else known.push(to);
  }
  // A Map's iteration comes to what is added during it.
  for (const [bundled, bundler] of bundlers) {
    for (const child of bundled.children?.values() ?? []) if (!bundlers.has(child)) bundlers.set(child, bundler);
    for (const asked of asks.get(bundled) ?? []) {
      if (asked.parent === bundler && !bundlers.has(asked)) bundlers.set(asked, bundler);
    }
  }
  return bundlers;
}

/** package.json may also say `true`, have an object, and write the name with a d. */
function namesIn(packageJson: PackageJson | undefined): readonly string[] {
  const { bundleDependencies, bundledDependencies, dependencies } = packageJson?.json.value ?? {};
  const bundled = bundleDependencies ?? bundledDependencies;
  if (Array.isArray(bundled)) return bundled.filter((name) => typeof name === 'string');
  const names = bundled === true ? dependencies : bundled;
  return isJsonObject(names) ? Object.keys(names) : [];
}

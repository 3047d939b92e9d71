/**
 * When bun gives what `npm ci` would give. It reads package-lock.json itself and checks each integrity hash; whether
 * the tree is the lock's is looked at once more behind it (same-tree.ts).
 *
 * Looks at: package.json, package-lock.json
 */
import type { SourceFiles } from '../function/files.ts';
import { isJsonObject, objectAt, parseJsonFile } from './json.ts';
import { lockedPackages } from './package-lock.ts';

/** Files that bun reads and npm does not. */
const ITS_OWN = ['bun.lock', 'bun.lockb', 'bunfig.toml'];
/** Files that npm prefers to package-lock.json, or bun does. */
const OTHER_LOCKS = ['npm-shrinkwrap.json'];

/** @returns the reason why npm is to install instead; undefined where bun may */
export function whyNotBun(files: SourceFiles): string | undefined {
  const own = ITS_OWN.find((name) => files.has(name));
  if (own !== undefined) return `the source has ${own}, which npm does not read`;
  const other = OTHER_LOCKS.find((name) => files.has(name));
  if (other !== undefined) return `the source has ${other}, which bun does not read`;
  const manifest = parseJsonFile(files.get('package.json'));
  if (manifest === undefined) return 'package.json cannot be read';
  if (manifest.workspaces !== undefined) return 'package.json has workspaces';
  if (manifest.patchedDependencies !== undefined)
    return 'package.json has patchedDependencies, which npm does not read';
  if (!files.has('package-lock.json')) return 'there is no package-lock.json, and the two may resolve differently';
  const lock = parseJsonFile(files.get('package-lock.json'));
  if (lock === undefined) return 'package-lock.json cannot be read';
  if (lock.lockfileVersion !== 2 && lock.lockfileVersion !== 3) return 'package-lock.json is not of version 2 or 3';
  return rootDiffers(manifest, objectAt(objectAt(lock, 'packages'), '')) ?? whyNotPackages(lock);
}

const GROUPS = ['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'] as const;

function rootDiffers(
  manifest: Readonly<Record<string, unknown>>,
  root: Readonly<Record<string, unknown>>,
): string | undefined {
  for (const group of GROUPS) {
    const [wanted, locked] = [objectAt(manifest, group), objectAt(root, group)];
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(locked)])) {
      if (wanted[name] !== locked[name]) return `package.json and package-lock.json differ about ${name}`;
    }
    if (manifest[group] !== undefined && !isJsonObject(manifest[group])) return `${group} of package.json is no map`;
  }
  return undefined;
}

function whyNotPackages(lock: Readonly<Record<string, unknown>>): string | undefined {
  for (const [folder, entry] of lockedPackages(lock)) {
    if (folder === '' || entry.dev) continue;
    if (entry.link || !folder.startsWith('node_modules/')) return `${folder} is a folder of the source`;
    if (entry.inBundle) return `${folder} comes inside of another package`;
    if (entry.integrity === undefined) return `${folder} has no integrity hash in package-lock.json`;
    if (entry.resolved !== undefined && !isRegistryTarball(entry.resolved)) return `${folder} comes from no registry`;
  }
  return undefined;
}

/** Registries serve tarballs as PACKAGE/-/FILE.tgz; a tarball of anywhere else is a dependency by URL. */
const isRegistryTarball = (resolved: string): boolean =>
  /^https?:\/\/[^?#]+\/-\/[^?#]+\.tgz(?:[?#].*)?$/.test(resolved);

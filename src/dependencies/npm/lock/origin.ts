/** Where npm would take an entry's content from, and whether that is fixed. */
import semver from 'semver';
import type { SourceFiles } from '../../../function/files.ts';
import type { DependencySettings } from '../../settings.ts';
import { PUBLIC_REGISTRY, registryCheck } from '../registries.ts';
import { isCommit, isRelease, parseSpec } from '../spec.ts';
import type { LockEntry } from './entry.ts';
import type { LockFaultKind } from './fault.ts';
import { isOwn } from './graph.ts';
import { isIntegrity } from './integrity.ts';

interface Asked {
  /** If a package.json of the source asks for it: an author may name any address, a lock only that of a registry. */
  readonly own: string | undefined;
  /** It comes in the archive of a package above it, which has a checksum. */
  readonly isBundled: boolean;
}

export function originCheck(
  files: SourceFiles,
  settings: DependencySettings,
): (entry: LockEntry, asked: Asked) => LockFaultKind | undefined {
  const isAllowed = registryCheck(settings.registries);

  return (entry, { own, isBundled }) => {
    const { name, resolved, integrity, version } = entry;
    if (entry.link) {
      const { target = '' } = entry;
      return target !== '' && isInside(target) && !/(?:^|\/)node_modules(?:\/|$)/.test(target) ? undefined : 'outside';
    }
    if (!isInside(entry.location)) return 'outside';
    // A folder of the source.
    if (isOwn(entry)) return undefined;
    if (resolved !== undefined) {
      const isAddress = /^https?:/i.test(resolved);
      const spec = isAddress && resolved.startsWith(PUBLIC_REGISTRY) ? undefined : parseSpec(name, resolved);
      if (spec?.kind === 'git') return isCommit(spec.committish) ? undefined : 'commit';
      if (spec?.kind === 'file') return spec.path !== undefined && files.has(spec.path) ? undefined : 'outside';
      if (!isAddress) return 'outside';
      if (resolved !== own) {
        if (!isAllowed(resolved)) return 'registry';
        if (!isOfPackage(resolved, entry.packageName)) return 'other-package';
      }
    }
    // npm takes what is not a version for a tag or a range.
    if (!isVersion(version)) return 'version';
    return isIntegrity(integrity) || (isBundled && integrity === undefined) ? undefined : 'integrity';
  };
}

/** The public registry has the archives of a package below its name. Others have them where they want. */
function isOfPackage(resolved: string, name: string): boolean {
  if (!resolved.startsWith(PUBLIC_REGISTRY)) return true;
  const path = resolved.slice(PUBLIC_REGISTRY.length);
  return path.startsWith(`${name}/-/`) || path.toLowerCase().startsWith(`${name.replace('/', '%2f').toLowerCase()}/-/`);
}

function isVersion(text: string): boolean {
  if (isRelease(text)) return true;
  const version = semver.parse(text);
  if (version === null) return false;
  return text === version.version || text === `${version.version}+${version.build.join('.')}`;
}

const isInside = (path: string): boolean =>
  !path.startsWith('/') && !(path.includes('..') && path.split(/[/\\]/).includes('..'));

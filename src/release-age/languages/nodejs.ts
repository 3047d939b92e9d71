import { Budget, TooComplex } from '../../dependencies/budget.ts';
import { MODULES, type LockEntry } from '../../dependencies/npm/lock/entry.ts';
import { readLock } from '../../dependencies/npm/lock/read.ts';
import type { SourceFiles } from '../../function/files.ts';
import type { LockedRelease } from '../release.ts';

/** Each package of package-lock.json that `npm ci --omit=dev` downloads. */
export function lockedByNpm(files: SourceFiles): readonly LockedRelease[] | undefined {
  try {
    const lock = readLock(files, new Budget());
    if (lock === undefined || 'problem' in lock || lock.unreadable.length > 0) return undefined;
    const found = new Map<string, LockedRelease>();
    for (const entry of lock.packages.values()) {
      if (!isDownloaded(entry)) continue;
      const release = releaseOf(entry);
      found.set(JSON.stringify(release), release);
    }
    return [...found.values()];
  } catch (error) {
    if (error instanceof TooComplex) return undefined;
    throw error;
  }
}

/** Folders and files of the source are its author's; what comes in the archive of another is as old as that. */
const isDownloaded = ({ location, link, dev, inBundle, resolved = '' }: LockEntry): boolean =>
  location.includes(MODULES) && !link && !dev && !inBundle && !resolved.startsWith('file:');

function releaseOf({ packageName, version, integrity, resolved = '', json: { license } }: LockEntry): LockedRelease {
  const digests = (integrity ?? '').split(/\s+/).filter((digest) => digest !== '');
  const common = { name: packageName, version, digests, ...licenceOf(license) };
  if (/^git[+:]|^git@|^ssh:/.test(resolved)) return { ...common, elsewhere: 'it comes from a repository' };
  // With a digest the content is the registry's wherever it is downloaded from.
  return digests.length === 0 && resolved !== '' ? { ...common, elsewhere: 'the lock has no integrity' } : common;
}

/** Part of a licence may be another one: of a longer text only the beginning is shown, which no reader takes for one. */
const LONGEST_LICENCE = 500;
const SHOWN_OF_LICENCE = 100;

function licenceOf(license: unknown): Pick<LockedRelease, 'licence'> {
  if (typeof license !== 'string' || license === '') return {};
  return { licence: license.length > LONGEST_LICENCE ? `${license.slice(0, SHOWN_OF_LICENCE)} [...]` : license };
}

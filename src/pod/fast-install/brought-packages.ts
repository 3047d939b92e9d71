import { existsSync } from 'node:fs';
import path from 'node:path';
import type { SourceFiles } from '../../function/files.ts';
import { readJudgeableSource } from '../../dependencies/npm/source.ts';
import { differenceFromLock } from '../../installers/same-tree.ts';
import { readInstalledPackages } from '../nodejs/install/installed-packages.ts';
import { platformOf } from './platform.ts';

/**
 * Whether a source has in node_modules what its lock file would install, as Git repositories and images may: nothing is
 * left to do then. More than that does no harm: packages for development.
 *
 * Without a lock, what is there cannot be told from what was left behind, and it is installed again.
 */
export function bringsItsPackages(files: SourceFiles, folder: string): boolean {
  if (!existsSync(path.join(folder, 'node_modules'))) return false;
  const source = readJudgeableSource(files);
  if (source === undefined) return false;
  const { lock, root } = source;
  if (lock === undefined || 'problem' in lock) return false;
  if (lock.faults.some(({ kind }) => kind !== 'registry')) return false;
  const platform = platformOf({ libc: 'glibc' });
  return differenceFromLock({ packageJson: root, lock }, readInstalledPackages(folder), platform) === undefined;
}

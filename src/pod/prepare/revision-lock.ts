import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFiles } from '../../function/files.ts';
import { bringsLockFile, LOCK_FILES } from '../../dependencies/lock-files.ts';
import { parseStoredLock, type StoredLock, withLock } from '../../revision/stored-lock.ts';
import type { PrepareArguments } from './arguments.ts';
import { FolderFiles } from '../files/folder-files.ts';
import { readMountedConfigMap } from './mounted-configmap.ts';
import { isRefusal, refuse, type Refusal } from '../program/refusal.ts';

/**
 * Puts the lock of the revision into a source that has none.
 *
 * Without one the installation goes on as it would without a revision; the level `locked` refuses that when it judges the
 * source.
 *
 * @param folder where the files of the source are
 * @returns the source with the lock
 */
export async function takeLock(
  { lock: mount, language }: Pick<PrepareArguments, 'lock' | 'language'>,
  files: SourceFiles,
  folder: string,
  log: (line: string) => void,
): Promise<SourceFiles | Refusal> {
  if (mount === undefined) return files;
  const file = LOCK_FILES.of(language).file;
  const mounted = await readMountedConfigMap(mount, 'the lock of the revision');
  const lock = isRefusal(mounted) ? undefined : parseStoredLock(mounted, [file]);
  if (lock?.kind === 'refused') {
    const { problem, fix, details } = lock;
    return refuse([`${problem}; ${fix}`, ...details.map((line) => `- ${line}`)].join('\n'));
  }
  if (lock?.kind === 'checked') {
    log('the versions of its lock are old enough');
    return files;
  }
  if (bringsLockFile(files, language)) {
    log('the source has its own lock; the lock of the revision is not used');
    return files;
  }
  if (lock === undefined) {
    log(`attention: ${mount} does not hold a ${file}; the packages are installed without a lock`);
    return files;
  }
  if (lock.kind === 'none') {
    for (const line of whyNot(lock)) log(line);
    return files;
  }
  if ([...files.keys()].some((each) => each.startsWith(`${file}/`))) {
    return refuse(`${file} is a folder in the source, where the lock of the revision belongs; rename the folder`);
  }
  await writeFile(path.join(folder, file), lock.text, { mode: 0o644, flag: 'wx' });
  log(`lock of the revision: ${file}`);
  return files instanceof FolderFiles ? files.with(file) : withLock(files, lock);
}

const whyNot = ({ problem, fix, details }: Extract<StoredLock, { readonly kind: 'none' }>): readonly string[] => [
  `attention: no lock could be resolved for this revision: ${problem}; ${fix}`,
  ...details.map((line) => `  ${line}`),
];

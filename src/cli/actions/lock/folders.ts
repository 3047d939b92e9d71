import path from 'node:path';
import type { Configuration } from '../../../config/configuration.ts';
import type { LockOptions } from '../../options/lock.ts';
import type { SourceFolder } from '../source-folder.ts';
import type { ChosenRuntime } from './chosen-runtime.ts';
import { lockTargets } from './lock-targets.ts';
import type { Locked } from './outcome.ts';
import { targetsOf } from './targets.ts';

/** Locks the source in a folder: each lock is a file of it. */
export async function lockFolder(
  { folder, files }: SourceFolder,
  { dependencies }: Configuration,
  runtime: ChosenRuntime,
  options: LockOptions,
): Promise<readonly Locked[]> {
  const { locked, failures } = await lockTargets(
    {
      where: folder === '' ? '.' : folder,
      name: path.basename(path.resolve(folder)),
      files,
      targets: targetsOf([], files, runtime),
    },
    dependencies,
    options,
  );
  const written = locked.map(({ lock }) => ({
    file: path.posix.join(folder, lock.file),
    before: new TextDecoder().decode(files.get(lock.file) ?? new Uint8Array()),
    after: lock.text,
    locks: [lock],
  }));
  return [...written, ...failures];
}

import type { RegistrySettings } from '../../../dependencies/settings.ts';
import type { SourceFiles } from '../../../function/files.ts';
import { isFailure, type LockAge, type LockFailure } from '../../../lock/lock.ts';
import { lockSource, type LockedSource, type Locker } from '../../../lock/lock-source.ts';
import type { LockOptions } from '../../options/lock.ts';
import { printNote } from '../../terminal.ts';
import type { NotLocked } from './outcome.ts';
import type { Target } from './targets.ts';

/** A source of the input, wherever it is. */
export interface Lockable {
  /** As messages name it. */
  readonly where: string;
  /** npm writes it into the lock. */
  readonly name: string;
  readonly files: SourceFiles;
  readonly targets: readonly (Target | LockFailure)[];
}

/** A lock with what it was resolved for. */
export interface LockedTarget {
  readonly target: Target;
  readonly lock: LockedSource;
}

/** Locks a source for each of its targets; one that fails stops none of the others. */
export async function lockTargets(
  { where, name, files, targets }: Lockable,
  dependencies: RegistrySettings,
  { platform: platforms, installScripts, refresh: fresh }: Pick<LockOptions, 'platform' | 'installScripts' | 'refresh'>,
  { age, locker }: { readonly age?: LockAge | undefined; readonly locker?: Locker | undefined } = {},
): Promise<{ readonly locked: readonly LockedTarget[]; readonly failures: readonly NotLocked[] }> {
  const locked: LockedTarget[] = [];
  const failures: NotLocked[] = [];
  for (const target of targets) {
    if (isFailure(target)) {
      failures.push({ ...target, where, wrongInput: true });
      continue;
    }
    const builds = target.builds || installScripts;
    const lock = await lockSource(
      { name, files, platforms, ...target, builds, fresh, age },
      dependencies,
      printNote,
      locker,
    );
    if (lock === undefined) continue;
    if (isFailure(lock)) failures.push({ ...lock, where });
    else locked.push({ target, lock });
  }
  return { locked, failures };
}

import type { LockFailure } from '../../lock/lock.ts';
import type { LockedSource } from '../../lock/lock-source.ts';

/** A file with a lock in it: the lock itself, or the manifest around it. */
export interface LockedFile {
  /** As the command line names it. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly locks: readonly LockedSource[];
}

/** What became of a part of the input; a failure says where. */
export type Locked = LockedFile | (LockFailure & { readonly where: string; readonly wrongInput?: boolean });

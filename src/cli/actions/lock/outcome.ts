import type { LockFailure } from '../../../lock/lock.ts';
import type { LockedSource } from '../../../lock/lock-source.ts';

/** A file with locks in it: a lock itself, or the manifest around them. */
export interface LockedFile {
  /** As the command line names it. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly locks: readonly LockedSource[];
  /** What became of it, if it is neither a lock nor a manifest around one: `FILE names package-lock.json`. */
  readonly became?: string;
}

/** A part of the input that could not be locked. */
export interface NotLocked extends LockFailure {
  /** As messages name it, e.g. `shop.yaml: ConfigMap shop`. */
  readonly where: string;
  /** Set if the command was used wrongly, rather than that a dependency cannot be locked. */
  readonly wrongInput?: boolean;
}

/** What became of a part of the input. */
export type Locked = LockedFile | NotLocked;

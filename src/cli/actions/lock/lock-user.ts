import type { ReleaseRules } from '../../../release-rules/rules.ts';

/** A Function whose Pods install by a lock. */
export interface LockUser {
  /** Empty for a folder, as it has none. */
  readonly namespace: string;
  /** Undefined if the input does not tell. */
  readonly name: string | undefined;
  /** What is asked of its versions. */
  readonly rules: ReleaseRules | undefined;
}

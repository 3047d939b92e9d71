import type { Lock } from './pylock/read.ts';
import type { Requirement } from './requirements.ts';

/** A source as the judge has read it. */
export interface PythonSource {
  /** Those of constraints and of projects in the source as well. */
  readonly requirements: readonly Requirement[];
  /** pylock.toml, from which everything is installed if it is there. */
  readonly lock?: Lock;
}

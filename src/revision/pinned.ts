import type { SourceReference } from '../function/source.ts';
import type { Stamp } from '../function/stamp.ts';

/** What a stamped Pod runs: nothing else, whenever it starts again. */
export interface PinnedRevision {
  readonly stamp: Stamp;
  /** What `buildless-prepare` brings: the ConfigMaps of the revision, or the commit. */
  readonly source: SourceReference;
  /** ConfigMap with the lock, or with the reason why there is none; absent if nothing is mounted. */
  readonly lock?: string;
}

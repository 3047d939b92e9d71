import type { ConfigMapFiles } from '../function/config-maps.ts';
import type { Source } from '../function/source.ts';
import type { ReadLock, Taken } from '../revision/stored.ts';

/** What a review asks of the revisions of Functions. */
export interface Revisions {
  /** Whether a controller works now: it makes what is named and not there, so that Pods may wait for it. */
  readonly isFollowed: () => boolean;
  /** The files of the revision that a name stands for. */
  readonly files: (namespace: string, name: string) => Promise<ConfigMapFiles | NotStored>;
  readonly lock: (namespace: string, name: string) => Promise<ReadLock | NotStored>;
  /** Whether all ConfigMaps of a revision are known to be stored; absent if it is not followed. */
  readonly areStored?: (namespace: string, names: readonly string[]) => boolean;
  /**
   * Resolves when the ConfigMaps of a revision are stored, or after a moment, with the milliseconds that this took; absent if
   * nobody stores any.
   */
  readonly untilStored?: (namespace: string, names: readonly string[]) => Promise<number>;
}

export type NotStored = { readonly type: 'missing' } | Taken | Extract<Source, { readonly type: 'unreachable' }>;

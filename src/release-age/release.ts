/** A version that a lock installs, and what its registry says about it. */
import type { Publisher } from './publisher.ts';

export interface LockedRelease {
  /** Of the package; normal for Python (PEP 503). */
  readonly name: string;
  /** `''` if the lock has none. */
  readonly version: string;
  /**
   * Digests of the content: of npm as its lock has them (`sha512-...`, one of which holds), of Python one for each file that may be
   * installed (`sha256:...`).
   */
  readonly digests: readonly string[];
  /** As the lock has it; its author wrote it, so it only counts if no registry tells. */
  readonly licence?: string;
  /** Set for a repository or an address, which no registry answers for. */
  readonly elsewhere?: string;
  /** The latest time of its files in `pylock.toml`, ISO 8601: its author wrote it, so it only counts if it is too young. */
  readonly uploaded?: string;
}

/** What a revision keeps of a version that it installs. */
export interface RecordedRelease {
  readonly name: string;
  readonly version: string;
  /** ISO 8601: when the content that the lock has was published. Absent if no registry tells. */
  readonly published?: string;
  /** Set if the registry has the content that the lock has. */
  readonly confirmed?: true;
  /** Whether the registry shows a provenance attestation of all that may be installed. Absent if it does not tell. */
  readonly attested?: boolean;
  /** Absent if the registry does not show it. */
  readonly publisher?: Publisher;
}

export interface Release extends RecordedRelease {
  /** What the lock itself says, ISO 8601: it can make a version too young, and never old enough. */
  readonly claimed?: string;
  /** Why there is no time, for a sentence. */
  readonly unknown?: string;
  /** As the package declares it, in words of SPDX or its own. Absent if nobody tells. */
  readonly licence?: string;
  /** Why there is no licence, for a sentence. */
  readonly unlicensed?: string;
  /** The registry has this version with other content than the lock. */
  readonly changed?: boolean;
}

/** What registries said at one moment. */
export interface Releases {
  readonly releases: readonly Release[];
  /** The latest time that a registry gave for now, ISO 8601: the clock here may run ahead. */
  readonly clock?: string;
}

import type { SourceFiles } from '../function/files.ts';
import type { Budget } from './budget.ts';
import type { NeedsScripts } from './needs-scripts.ts';
import type { NpmSource } from './npm/source.ts';
import type { DependencyFinding } from './policy.ts';
import type { DependencySettings } from './settings.ts';

/** What a judge has read of a source, so that nobody reads it again; for the rows of its own language. */
export interface Reading {
  /** Undefined if it cannot be read. */
  readonly npm?: NpmSource;
}

export interface Judgement {
  /** Of every level, in the order of files and lines; which of them refuse is `refuses` of policy.ts. */
  readonly findings: readonly DependencyFinding[];
  readonly reading?: Reading;
}

/** What the dependency policy has to know of a language. Pure: no registry is asked. */
export interface DependencyRow {
  /** @throws TooComplex */
  readonly judge: (files: SourceFiles, settings: DependencySettings, budget: Budget) => Judgement;
  /** Whether an installation would install anything; true if the files cannot be read, for the installer to say. */
  readonly hasDependencies: (files: SourceFiles) => boolean;
  /** Whether a source without a lock file is locked by its author in another way. */
  readonly isLockedOtherwise: (files: SourceFiles) => boolean;
  /** What can be installed only by running programs of a dependency; the first ones. */
  readonly needingScripts: (files: SourceFiles, reading?: Reading) => readonly NeedsScripts[];
  /** Name and version of each package of the lock; nothing without a lock that can be read. */
  readonly lockedVersions: (files: SourceFiles) => Iterable<readonly [name: string, version: string]>;
}

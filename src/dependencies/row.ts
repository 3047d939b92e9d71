import type { SourceFiles } from '../function/files.ts';
import type { Budget } from './budget.ts';
import type { Contained } from './contents.ts';
import type { NeedsScripts } from './needs-scripts.ts';
import type { NpmSource } from './npm/source.ts';
import type { PythonSource } from './python/source.ts';
import type { DependencyFinding } from './policy.ts';
import type { DependencySettings } from './settings.ts';

/** What a judge has read of a source, so that nobody reads it again; for the rows of its own language. */
export interface Reading {
  /** Undefined if it cannot be read. */
  readonly npm?: NpmSource;
  readonly python?: PythonSource;
}

export interface Judgement {
  /** Of every level, in the order of files and lines; which of them refuse is `refuses` of policy.ts. */
  readonly findings: readonly DependencyFinding[];
  readonly reading?: Reading;
  /** The packages that the source fixes; absent if it was too complex to list them. */
  readonly contents?: readonly Contained[];
}

/** What the dependency policy has to know of a language. Pure: no registry is asked. */
export interface DependencyRow {
  /** @throws TooComplex */
  readonly judge: (files: SourceFiles, settings: DependencySettings, budget: Budget) => Omit<Judgement, 'contents'>;
  /** What of the author's lists of dependencies no tool could read, before anything is locked or moved in them. */
  readonly unreadable: (files: SourceFiles) => readonly DependencyFinding[];
  /** Whether an installation would install anything; true if the files cannot be read, for the installer to say. */
  readonly hasDependencies: (files: SourceFiles) => boolean;
  /** Whether a source without a lock file is locked by its author in another way. */
  readonly isLockedOtherwise: (files: SourceFiles) => boolean;
  /** What can be installed only by running programs of a dependency; the first ones. */
  readonly needingScripts: (files: SourceFiles, reading?: Reading) => readonly NeedsScripts[];
  /**
   * The packages that the source fixes, with who asks for them.
   *
   * @throws TooComplex
   */
  readonly contents: (reading: Reading | undefined, budget: Budget) => readonly Contained[];
  /** Name and version of each package of the lock; nothing without a lock that can be read. */
  readonly lockedVersions: (files: SourceFiles) => Iterable<readonly [name: string, version: string]>;
}

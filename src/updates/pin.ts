import type { SourceFiles } from '../function/files.ts';

/** A dependency that a source asks for itself. */
interface Dependency {
  /** Of the source, e.g. `package.json`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** As the registry knows it. */
  readonly name: string;
  /** Where the file asks for it: a group of package.json; `requirements`, `constraints` or `project` for Python. */
  readonly kind: string;
}

/** One that is fixed to one version, which can be exchanged for another. */
export interface Pin extends Dependency {
  readonly version: string;
  /**
   * The same source with another version in this place: nothing else of the file changes.
   *
   * @returns undefined if the file is written in a way that cannot be edited like this
   */
  readonly moved: (files: SourceFiles, version: string) => SourceFiles | undefined;
}

/** One that is not. */
export interface Unpinned extends Dependency {
  readonly spec: string;
  /** For a sentence: `it is a range`. */
  readonly reason: string;
}

/** The direct dependencies of a source. */
export interface Direct {
  readonly pins: readonly Pin[];
  readonly unpinned: readonly Unpinned[];
}

/** From the first version on to the second, which is left out, or held if `inclusive`. An absent bound is none. */
export interface Interval {
  readonly from?: string;
  readonly to?: string;
  readonly inclusive?: true;
}

/** Versions of a package that nobody may run. */
export interface DeniedEntry {
  /** As OSV writes it, of a language that Buildless knows. */
  readonly ecosystem: string;
  /** In its normal form. */
  readonly name: string;
  /** Of the report; absent for an entry of the configuration. */
  readonly id?: string;
  readonly reason: string;
  /** Each alone. */
  readonly versions?: readonly string[];
  readonly intervals?: readonly Interval[];
  /** As authors write it for this ecosystem. */
  readonly range?: string;
}

/** What is wrong with an entry, and where it is. */
export interface DeniedProblem {
  /** A file, or a key of a ConfigMap. */
  readonly place: string;
  readonly problem: string;
  readonly fix: string;
}

/** Characters of a reason that are kept. */
export const LONGEST_REASON = 200;
/** npm allows 214, PyPI's longest has fewer. */
export const LONGEST_NAME = 256;
export const LONGEST_ID = 100;

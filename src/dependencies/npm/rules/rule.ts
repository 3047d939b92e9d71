import type { DependencyFinding } from '../../policy.ts';
import type { AskedSpec, NpmSource } from '../source.ts';

/** What a rule has against a spec. */
export interface Objection {
  readonly code: DependencyFinding['code'];
  /** The loosest level that refuses it. */
  readonly level: DependencyFinding['level'];
  /** Goes on after `"NAME" is "SPEC"`. */
  readonly problem: string;
  readonly fix: string;
}

/** Judges one spec by itself; undefined if it is not the rule's concern, or good. */
export type SpecRule = (asked: AskedSpec, source: NpmSource) => Objection | undefined;

/** Judges a file, or the source as a whole. */
export type SourceRule = (source: NpmSource) => readonly DependencyFinding[];

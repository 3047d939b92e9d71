import type { Runtime } from '../../function/runtimes.ts';
import type { Problem } from '../../outcome/problem.ts';

/** What a folder says about the version of its language. */
export interface VersionFact {
  /** For messages: `engines.node of package.json`. */
  readonly from: string;
  /** As written. */
  readonly text: string;
  /** Undefined if the text cannot be understood as versions of the language. */
  readonly admits: ((runtime: Runtime) => boolean) | undefined;
}

/** What of a folder is asked: the text of a file at its top, undefined if it is missing. */
export type ReadText = (file: string) => string | undefined;

export interface RuntimeFactsRow {
  /** Where a folder may say it, for the message that nothing does. */
  readonly places: readonly string[];
  /** In the order of precedence. */
  readonly facts: (read: ReadText) => readonly VersionFact[];
  /** Why nothing was found in a file that is there: it cannot be read. */
  readonly unreadable: (read: ReadText) => Problem | undefined;
}

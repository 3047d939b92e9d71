import type { JudgementBasis, SourceFacts } from '../../admission/judgement.ts';
import type { SourceFiles } from '../../function/files.ts';

/** What the judging thread is asked, one at a time. */
export interface ThreadQuestion {
  readonly files: SourceFiles;
  readonly basis: JudgementBasis;
}

/** What it answers; a fault is one of Buildless, never of the source. */
export type ThreadAnswer = { readonly facts: SourceFacts } | { readonly fault: string };

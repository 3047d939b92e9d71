/*
 * The answer to a completion, in the form that cobra gave to kubectl and its plugins: one candidate a line, with its
 * description after a tab, and a last line with a colon and the directive.
 * https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md
 */

/** Name of the hidden subcommand; what follows are the words so far, the last of them unfinished. */
export const COMPLETE = '__complete';

/** Directive: the shell must not complete file names (cobra's ShellCompDirectiveNoFileComp). */
export const NO_FILES = 4;
const DEFAULT = 0;

export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Whether file names fit as well. */
  readonly files: boolean;
}

export function printed({ candidates, files }: Completion): string {
  const lines = candidates.map(({ value, description = '' }) =>
    description === '' ? value : `${value}\t${description.replaceAll(/\s+/gu, ' ')}`,
  );
  return [...lines, `:${files ? DEFAULT : NO_FILES}`, ''].join('\n');
}

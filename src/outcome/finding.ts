import type { RefusalCode, WarningCode } from './codes.ts';
import { formatPlace, type Place } from './place.ts';

/** One reason for a refusal: what is wrong, where, and what to write instead. */
export interface Finding<Code extends string = RefusalCode> extends Place {
  readonly code: Code;
  /** What is wrong, in one sentence without a full stop at its end. */
  readonly problem: string;
  /** What to do, in the imperative, without a full stop at its end. */
  readonly fix: string;
  /** How many findings this one stands for, if it stands for those that a list has no room for. */
  readonly count?: number;
}

/** The same shape, but nothing is stopped by it. */
export type Warning = Finding<WarningCode>;

/** One line for a person: place, problem, fix and code. */
export function formatFinding(finding: Finding<string>): string {
  const place = formatPlace(finding);
  return visible(`${place === '' ? '' : `${place}: `}${finding.problem}; ${finding.fix} [${finding.code}]`);
}

/**
 * A string on one line of a terminal: findings quote what strangers wrote, and a control character or a change of writing
 * direction could hide or forge a line. The API server drops warnings with control characters in them.
 */
export const visible = (text: string): string =>
  text.replaceAll(
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

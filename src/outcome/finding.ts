import type { RefusalCode, WarningCode } from './codes.ts';

/** Where a finding stands. At least one of `field` and `file` is given. */
export interface Place {
  /** Path in the Kubernetes object as `kubectl explain` writes it, e.g. `spec.containers[0].securityContext.privileged`. */
  readonly field?: string;
  /** A file of the source, e.g. `package.json`. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units as editors count. */
  readonly column?: number;
}

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

/**
 * `package.json:4:15`, `spec.volumes[0]`, or both, for a person to find the place.
 *
 * @example placeOf({ file: 'package.json', line: 4 }) // 'package.json:4'
 */
export function placeOf(place: Place): string {
  const file =
    place.file === undefined
      ? undefined
      : [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  return [place.field, file].filter((part) => part !== undefined).join(' ');
}

/** One line for a person: place, problem, fix and code. */
export function formatFinding(finding: Finding<string>): string {
  const place = placeOf(finding);
  return visible(`${place === '' ? '' : `${place}: `}${finding.problem}; ${finding.fix} [${finding.code}]`);
}

/**
 * A text on one line of a terminal: findings quote what strangers wrote, and a control character or a change of writing
 * direction could hide or forge a line. The API server drops warnings with control characters in them.
 */
export const visible = (text: string): string =>
  text.replaceAll(
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

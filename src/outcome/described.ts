import { nearest } from './nearest.ts';
import { REFUSALS, SKIPS, WARNINGS, type OutcomeDescription } from './codes.ts';

/** What a review does with an object whose code this is. */
export type OutcomeKind = 'skipped' | 'refused' | 'warned';

export interface DescribedOutcome extends OutcomeDescription {
  readonly code: string;
  readonly outcome: OutcomeKind;
}

const TABLES: readonly (readonly [OutcomeKind, Readonly<Record<string, OutcomeDescription>>])[] = [
  ['refused', REFUSALS],
  ['warned', WARNINGS],
  ['skipped', SKIPS],
];

/** Every code, in the order of docs/outcomes.md within its kind. */
export const OUTCOMES: readonly DescribedOutcome[] = TABLES.flatMap(([outcome, codes]) =>
  Object.entries(codes).map(([code, { cause, cure }]) => ({ code, outcome, cause, cure })),
);

/** @returns all that a code means, as one may be a refusal here and a warning there; else the nearest code */
export function describeCode(code: string): readonly DescribedOutcome[] | { readonly nearest: string | undefined } {
  const found = OUTCOMES.filter((each) => each.code === code);
  return found.length > 0 ? found : { nearest: nearest(code, [...new Set(OUTCOMES.map((each) => each.code))]) };
}

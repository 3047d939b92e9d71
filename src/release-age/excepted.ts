import type { Language } from '../function/languages.ts';
import { LOCKED_RELEASES } from './languages.ts';

/** A package of which one finding is lifted, or was until a day. */
interface LiftedFinding {
  readonly package: string;
  readonly code: string;
  readonly ended?: string;
}

interface Lifting {
  readonly lifted?: readonly LiftedFinding[];
}

/**
 * Whether versions of a package may be of any age.
 *
 * @param exceptions names, or beginnings with `*` at their end
 */
export function isExcepted(name: string, language: Language, exceptions: readonly string[]): boolean {
  const normal = normalNameOf(language);
  return exceptions.some((exception) =>
    exception.endsWith('*')
      ? normal(name).startsWith(exception.slice(0, -1).toLowerCase())
      : normal(name) === normal(exception),
  );
}

/** Whether a finding about a package of the Function is lifted now. */
export const isLifted = (name: string, code: string, language: Language, { lifted = [] }: Lifting): boolean =>
  matching(name, code, language, lifted).some(({ ended }) => ended === undefined);

/** The last day on which a finding was lifted, if it is not any more. */
export const liftedBefore = (
  name: string,
  code: string,
  language: Language,
  { lifted = [] }: Lifting,
): string | undefined => lastEnd(matching(name, code, language, lifted));

/** The last of the days on which exceptions ended. */
export const lastEnd = (lifted: readonly Pick<LiftedFinding, 'ended'>[]): string | undefined =>
  lifted
    .flatMap(({ ended }) => ended ?? [])
    .sort()
    .at(-1);

/** For the end of what is wrong, if an exception for it has ended. @param ended the last day on which it applied */
export const endedNote = (ended: string | undefined): string =>
  ended === undefined ? '' : ` (an exception for it ended on ${ended})`;

function matching(
  name: string,
  code: string,
  language: Language,
  lifted: readonly LiftedFinding[],
): readonly LiftedFinding[] {
  return ofPackage(name, language, lifted).filter((each) => each.code === code);
}

/** What is about a package, by its name as the language compares names. */
export function ofPackage<Each extends { readonly package: string }>(
  name: string,
  language: Language,
  all: readonly Each[],
): readonly Each[] {
  const normal = normalNameOf(language);
  return all.filter((each) => normal(each.package) === normal(name));
}

const normalNameOf = (language: Language): ((name: string) => string) =>
  LOCKED_RELEASES.has(language) ? LOCKED_RELEASES.of(language).normalName : (text) => text;

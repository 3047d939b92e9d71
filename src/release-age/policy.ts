/** How long a version has to be published before a Function may use it. */
/** What happens with a version of which no registry tells when it was published. */
export const UNKNOWN_AGES = ['allow', 'warn', 'refuse'] as const;
export type UnknownAge = (typeof UNKNOWN_AGES)[number];

/** The part of the configuration under `dependencies`. */
export interface ReleaseAgeSettings {
  /** Seconds; 0 if versions of any age may be used. */
  readonly minimumReleaseAge: number;
  /** Packages of any age: a name, or a beginning with `*` at its end (`@shop/*`). */
  readonly releaseAgeExceptions: readonly string[];
  readonly unknownReleaseAge: UnknownAge;
}

/** What holds for one namespace. */
export interface ReleaseAgePolicy {
  /** More than 0. */
  readonly seconds: number;
  readonly exceptions: readonly string[];
  readonly unknown: UnknownAge;
  /** For one Function, by `dependencies.exceptions`; absent if it has none. */
  readonly lifted?: readonly LiftedAge[];
}

export const LIFTED_AGE_CODES = ['release-too-young', 'release-age-unknown'] as const;

/** A package of which one finding is lifted. */
export interface LiftedAge {
  readonly package: string;
  readonly code: (typeof LIFTED_AGE_CODES)[number];
  /** Set if it does not apply any more: the last day on which it did. */
  readonly ended?: string;
}

/**
 * @param longer seconds that the namespace asks for; less than the configuration has changes nothing
 * @returns undefined if versions of any age may be used
 */
export function releaseAgePolicy(
  { minimumReleaseAge, releaseAgeExceptions, unknownReleaseAge }: ReleaseAgeSettings,
  longer = 0,
): ReleaseAgePolicy | undefined {
  const seconds = Math.max(minimumReleaseAge, longer);
  return seconds === 0 ? undefined : { seconds, exceptions: releaseAgeExceptions, unknown: unknownReleaseAge };
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** Seconds as the configuration writes them: `7d`, `36h`. */
export function formatAge(seconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => seconds % each === 0) ?? UNITS[3];
  return `${seconds / length}${unit}`;
}

import type { Finding } from '../outcome/finding.ts';
import type { Language } from '../function/languages.ts';
import { endedNote, isExcepted, isLifted, liftedBefore } from './excepted.ts';
import { formatAge, type ReleaseAgePolicy } from './policy.ts';
import type { Release, Releases } from './release.ts';

export type AgeCode = 'release-too-young' | 'release-age-unknown' | 'release-changed';

export interface AgeFinding extends Finding<AgeCode> {
  readonly package: string;
  /** `''` if the lock has none. */
  readonly version: string;
}

export interface AgeVerdict {
  readonly refused: readonly AgeFinding[];
  /** Of versions whose time is not known. */
  readonly warned: readonly AgeFinding[];
  /** Milliseconds since 1970 from which on nothing is refused; absent if time does not help. */
  readonly until?: number;
}

/**
 * Compares the versions of a lock with the minimum age. Pure.
 *
 * @param now milliseconds since 1970 by the own clock; a registry whose clock is behind it counts instead
 */
export function judgeAges(
  { releases, clock }: Releases,
  language: Language,
  policy: ReleaseAgePolicy,
  now: number,
): AgeVerdict {
  const asOf = clock === undefined ? now : Math.min(now, Date.parse(clock));
  const refused: AgeFinding[] = [];
  const warned: AgeFinding[] = [];
  let until: number | undefined = asOf;
  for (const release of releases) {
    // Other content is a forgery or a mistake, whoever publishes it.
    if (release.changed === true) {
      refused.push(changedFinding(release));
      until = undefined;
      continue;
    }
    if (isExcepted(release.name, language, policy.exceptions)) continue;
    const known = Date.parse(release.published ?? '');
    const claimed = Date.parse(release.claimed ?? '');
    const isYoungByClaim = Number.isNaN(known) && claimed + policy.seconds * 1000 > asOf;
    const published = isYoungByClaim ? claimed : known;
    if (Number.isNaN(published)) {
      if (policy.unknown === 'allow' || isLifted(release.name, 'release-age-unknown', language, policy)) continue;
      (policy.unknown === 'warn' ? warned : refused).push(noted(unknown(release, policy), language, policy));
      if (policy.unknown === 'refuse') until = undefined;
      continue;
    }
    const from = published + policy.seconds * 1000;
    if (from <= asOf || isLifted(release.name, 'release-too-young', language, policy)) continue;
    refused.push(noted(tooYoung(release, published, from, policy), language, policy));
    if (until !== undefined) until = Math.max(until, from);
  }
  // In time of the own clock, by which it is waited.
  const wait = refused.length > 0 && until !== undefined ? until - asOf + now : undefined;
  return { refused, warned, ...(wait !== undefined && { until: wait }) };
}

/** Whether a version may come into a lock that is resolved now. */
export const isOldEnough = (
  release: Release,
  language: Language,
  policy: ReleaseAgePolicy,
  now: number,
  clock?: string,
): boolean =>
  judgeAges({ releases: [release], ...(clock !== undefined && { clock }) }, language, policy, now).refused.length === 0;

const shown = ({ name, version }: Release): string => (version === '' ? name : `${name} ${version}`);

/** With the end of an exception that the Function had. */
function noted(finding: AgeFinding, language: Language, policy: ReleaseAgePolicy): AgeFinding {
  const ended = liftedBefore(finding.package, finding.code, language, policy);
  return { ...finding, problem: `${finding.problem}${endedNote(ended)}` };
}

const EXCEPT = 'or ask the administrator to add it to dependencies.releaseAgeExceptions';

function tooYoung(release: Release, published: number, from: number, { seconds }: ReleaseAgePolicy): AgeFinding {
  return {
    code: 'release-too-young',
    package: release.name,
    version: release.version,
    problem: `${shown(release)} was published at ${instant(published)}, and has to be ${formatAge(seconds)} old`,
    fix: `wait until ${instant(from)}, use an older version, ${EXCEPT}`,
  };
}

const unknown = (release: Release, { seconds }: ReleaseAgePolicy): AgeFinding => ({
  code: 'release-age-unknown',
  package: release.name,
  version: release.version,
  problem: `${shown(release)} has to be ${formatAge(seconds)} old, and nobody tells when it was published (${release.unknown ?? 'its registry gives no time'})`,
  fix: `use a version of a registry that gives times, ${EXCEPT}`,
});

export const changedFinding = (release: Release): AgeFinding => ({
  code: 'release-changed',
  package: release.name,
  version: release.version,
  problem: `the registry has ${shown(release)} with other content than the lock`,
  fix: 'compare both; if the registry is right, resolve the lock again ("buildless lock --refresh")',
});

/** To the second, upwards: who waits until then has waited long enough. */
const instant = (milliseconds: number): string =>
  new Date(Math.ceil(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z');

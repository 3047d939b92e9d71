import type { Language } from '../function/languages.ts';
import type { Finding } from '../outcome/finding.ts';
import { endedNote, isExcepted, lastEnd, ofPackage } from '../release-age/excepted.ts';
import type { RecordedRelease, Release } from '../release-age/release.ts';
import { changesOfProvenance, type Change } from './changes.ts';
import type { ProvenancePolicy } from './policy.ts';
import { describePublisher } from '../release-age/publisher.ts';

export interface ProvenanceFinding extends Finding<'provenance-lost'> {
  readonly package: string;
  /** `''` if the lock has none. */
  readonly version: string;
}

/**
 * Compares the versions of a new revision with those of the last one that was admitted. Pure.
 *
 * @param before what that revision recorded; a package that it lacks has nothing to lose
 */
export function judgeProvenance(
  releases: readonly Release[],
  before: readonly RecordedRelease[],
  language: Language,
  { exceptions, lifted = [] }: Pick<ProvenancePolicy, 'exceptions' | 'lifted'>,
): readonly ProvenanceFinding[] {
  const reasons = new Map(releases.map(({ name, version, unknown }) => [`${name} ${version}`, unknown]));
  return changesOfProvenance(before, releases).flatMap((change): readonly ProvenanceFinding[] => {
    const { lost, name, to } = change;
    if (lost.length === 0 || isExcepted(name, language, exceptions)) return [];
    const own = ofPackage(name, language, lifted);
    if (own.some(({ ended }) => ended === undefined)) return [];
    const finding = findingOf(change, reasons.get(`${name} ${to.version}`));
    return [{ ...finding, problem: `${finding.problem}${endedNote(lastEnd(own))}` }];
  });
}

function findingOf({ name, from, to, lost }: Change, unknown: string | undefined): ProvenanceFinding {
  const [old, now] = [shown(from), shown(to)];
  const why = unknown === undefined ? '' : ` (${unknown})`;
  const attestation = `no registry shows a provenance attestation of ${now}${why}; the revision before has ${old} with one`;
  const publisher = `${now} was published by ${describePublisher(to.publisher)}; the revision before has ${old}, published by ${describePublisher(from.publisher)}`;
  const other = from.version === to.version ? '' : `keep ${old}, or `;
  return {
    code: 'provenance-lost',
    package: name,
    version: to.version,
    problem: lost.includes('provenance') ? attestation : publisher,
    fix: `${other}find out how ${now} was published, then ask the administrator to add it to dependencies.provenanceExceptions`,
  };
}

const shown = ({ name, version }: RecordedRelease): string => (version === '' ? name : `${name} ${version}`);

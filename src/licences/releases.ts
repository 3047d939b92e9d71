import type { Language } from '../function/languages.ts';
import { endedNote, isExcepted, isLifted, liftedBefore } from '../release-age/excepted.ts';
import type { Release } from '../release-age/release.ts';
import { refusedFinding, unknownFinding, type LicenceFinding } from './finding.ts';
import { judgeLicence } from './judge.ts';
import type { LicencePolicy } from './policy.ts';

export interface ReleaseLicences {
  readonly refused: readonly LicenceFinding[];
  readonly warned: readonly LicenceFinding[];
}

/** Compares what registries say about versions with the lists. */
export function judgeReleaseLicences(
  releases: readonly Release[],
  language: Language,
  policy: LicencePolicy,
): ReleaseLicences {
  const { exceptions, unknown } = policy.settings;
  const refused: LicenceFinding[] = [];
  const warned: LicenceFinding[] = [];
  for (const { name, version, licence, unlicensed } of releases) {
    if (isExcepted(name, language, exceptions)) continue;
    const verdict = judgeLicence(licence, policy);
    const licensed = {
      name,
      version,
      ...(licence !== undefined && { licence }),
      unknown: unlicensed ?? 'its registry does not tell',
    };
    if (verdict.type === 'passed' || (verdict.type === 'unknown' && unknown === 'allow')) continue;
    const finding = verdict.type === 'refused' ? refusedFinding(licensed, verdict) : unknownFinding(licensed);
    if (isLifted(name, finding.code, language, policy)) continue;
    const ended = liftedBefore(name, finding.code, language, policy);
    const found = { ...finding, problem: `${finding.problem}${endedNote(ended)}` };
    (verdict.type === 'unknown' && unknown === 'warn' ? warned : refused).push(found);
  }
  return { refused, warned };
}

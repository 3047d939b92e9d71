/** Licences of a source, as its lock has them. No registry is asked here, and whoever wrote the lock wrote them. */
import { refuses, type DependencyFinding, type Level } from '../dependencies/policy.ts';
import { licencesIn, packagesAt, type DeclaredLicence, type SourceContents } from '../denied/contents.ts';
import { refusedFinding, unknownFinding, type LicenceFinding } from '../licences/finding.ts';
import { judgeLicence, type LicenceVerdict } from '../licences/judge.ts';
import type { LicencePolicy } from '../licences/policy.ts';
import type { Finding } from '../outcome/finding.ts';
import { isExcepted } from '../release-age/excepted.ts';
import { isTooComplex, type SourceFacts } from './judgement.ts';

export interface JudgedLicences {
  readonly refused: readonly Finding[];
  /** Of packages whose licence is not known. */
  readonly warned: readonly UnknownLicence[];
}

type UnknownLicence = Finding<'licence-unknown'> & { readonly package?: string };

interface FoundLicences {
  readonly refused: readonly LicenceFinding[];
  readonly unknown: readonly LicenceFinding[];
}

/** More than a person reads, as exceptions may take some away. */
const MOST_FINDINGS = 100;
/** Different ones of a lock; large ones have twenty. */
const MOST_LICENCES = 200;

const NOTHING: FoundLicences = { refused: [], unknown: [] };

const known = new WeakMap<SourceContents, readonly [LicencePolicy, FoundLicences]>();

/** Compares the licences in a lock with the lists; the first findings. Each content is judged once for a policy. */
function judgeOnce(contents: SourceContents | undefined, policy: LicencePolicy): FoundLicences {
  if (contents === undefined) return NOTHING;
  const [before, judged] = known.get(contents) ?? [];
  if (before === policy && judged !== undefined) return judged;
  const found = judge(contents, policy);
  known.set(contents, [policy, found]);
  return found;
}

type Facts = Pick<SourceFacts, 'findings' | 'contents' | 'lacksLock'>;

/** The packages of a lock whose licence is refused, at every level of the policy. */
export const refusedLicences = ({ contents }: Facts, policy: LicencePolicy | undefined): readonly LicenceFinding[] =>
  policy === undefined ? [] : judgeOnce(contents, policy).refused;

/**
 * The licences of a source, at every level of the policy. Where licences are judged at all, a source that cannot be searched must
 * not run either.
 *
 * @param enforce the level whose findings are refused anyway
 */
export function judgeLicences(facts: Facts, enforce: Level, policy: LicencePolicy | undefined): JudgedLicences {
  if (policy === undefined) return { refused: [], warned: [] };
  const { findings, contents, lacksLock } = facts;
  const isUnread = (finding: DependencyFinding): boolean => isTooComplex(finding) && !refuses(enforce, finding);
  const { refused, unknown } = judgeOnce(contents, policy);
  const open = lacksLock ? [NO_LOCK] : unknown;
  const reaction = policy.settings.unknown;
  return {
    refused: [
      ...(contents === undefined ? findings.filter(isUnread) : []),
      ...refused,
      ...(reaction === 'refuse' ? open : []),
    ],
    warned: reaction === 'warn' ? open.map((finding) => ({ ...finding, code: 'licence-unknown' })) : [],
  };
}

const NO_LOCK = {
  code: 'licence-unknown',
  problem: 'the licences of its packages are not known, because it has no lock',
  fix: 'add a lock ("buildless lock --write")',
} as const satisfies Finding;

function judge(contents: SourceContents, policy: LicencePolicy): FoundLicences {
  const verdicts = new Map<string, LicenceVerdict>();
  const refused: DeclaredLicence[] = [];
  const unknown: DeclaredLicence[] = [];
  for (const declared of licencesIn(contents)) {
    const { name, licence } = declared;
    const isNew = !verdicts.has(licence);
    if (isNew && verdicts.size === MOST_LICENCES) return { refused: [tooMany(declared)], unknown: [] };
    const verdict = verdicts.get(licence) ?? judgeLicence(licence, policy);
    verdicts.set(licence, verdict);
    if (verdict.type === 'passed' || isExcepted(name, contents.language, policy.settings.exceptions)) continue;
    (verdict.type === 'refused' ? refused : unknown).push(declared);
  }
  const findings = (of: readonly DeclaredLicence[]): readonly LicenceFinding[] => {
    const shown = of.slice(0, MOST_FINDINGS);
    return packagesAt(
      contents,
      shown.map(({ index }) => index),
    ).map((found, at) => {
      const licensed = { ...found, licence: shown[at]?.licence ?? '' };
      const verdict = verdicts.get(licensed.licence);
      return verdict?.type === 'refused' ? refusedFinding(licensed, verdict) : unknownFinding(licensed);
    });
  };
  return { refused: findings(refused), unknown: findings(unknown) };
}

/** Reading each of them would be work that nobody needs. */
const tooMany = ({ name }: DeclaredLicence): LicenceFinding => ({
  code: 'licence-refused',
  package: name,
  version: '',
  problem: `the packages declare more than ${MOST_LICENCES} different licences, and no more are read`,
  fix: 'remove dependencies, or write the lock again with npm',
});

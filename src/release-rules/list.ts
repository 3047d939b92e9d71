import { judgeProvenance } from '../provenance/judge.ts';
import type { ProvenancePolicy } from '../provenance/policy.ts';
import { judgeReleaseLicences } from '../licences/releases.ts';
import type { LicencePolicy } from '../licences/policy.ts';
import { judgeAges } from '../release-age/judge.ts';
import type { ReleaseAgePolicy } from '../release-age/policy.ts';
import type { ReleaseQuestion, ReleaseRule, RuleVerdict } from './rule.ts';
import type { ReleasePolicies, ReleaseRules, RuleName } from './rules.ts';

const AGE: ReleaseRule<ReleaseAgePolicy> = {
  title: 'the minimum release age',
  refuses: () => true,
  inDigest: (policy) => [policy.seconds, policy.exceptions, policy.unknown, ...liftedNow(policy)],
  judge: ({ releases, language, now }, policy) => judgeAges(releases, language, policy, now),
};

const PROVENANCE: ReleaseRule<ProvenancePolicy> = {
  title: 'the loss of provenance',
  refuses: ({ lost }) => lost === 'refuse',
  inDigest: (policy) => ['provenance', policy.lost, policy.exceptions, ...packagesNow(policy)],
  judge: ({ releases: { releases }, language, before = [] }, policy) => {
    const found = judgeProvenance(releases, before, language, policy);
    return policy.lost === 'refuse' ? { refused: found, warned: [] } : { refused: [], warned: found };
  },
};

const LICENCES: ReleaseRule<LicencePolicy> = {
  title: 'the list of licences',
  refuses: () => true,
  inDigest: ({ settings: { allowed, refused, unknown, exceptions }, ...policy }) => [
    'licences',
    allowed,
    refused,
    unknown,
    exceptions,
    ...liftedNow(policy),
  ],
  judge: ({ releases: { releases }, language }, policy) => judgeReleaseLicences(releases, language, policy),
};

/** In the order in which their findings are listed. */
const RELEASE_RULES: { readonly [Name in RuleName]: ReleaseRule<ReleasePolicies[Name]> } = {
  age: AGE,
  provenance: PROVENANCE,
  licences: LICENCES,
};

/** A rule with its policy. */
export interface BoundRule {
  readonly name: RuleName;
  readonly title: string;
  readonly refuses: boolean;
  readonly inDigest: unknown;
  readonly judge: (question: ReleaseQuestion) => RuleVerdict;
}

export function boundRules(rules: ReleaseRules = {}): readonly BoundRule[] {
  return ruleNames().flatMap((name) => bound(name, rules[name]));
}

/** Whether a revision may be refused for what registries say, so that one of which nothing is known must not run. */
export const mayRefuse = (rules: ReleaseRules | undefined): boolean => boundRules(rules).some(({ refuses }) => refuses);

export const ruleNames = (): readonly RuleName[] => ['age', 'provenance', 'licences'];

function bound<Name extends RuleName>(name: Name, policy: ReleasePolicies[Name] | undefined): readonly BoundRule[] {
  if (policy === undefined) return [];
  const rule: ReleaseRule<ReleasePolicies[Name]> = RELEASE_RULES[name];
  const { title } = rule;
  return [
    {
      name,
      title,
      refuses: rule.refuses(policy),
      inDigest: rule.inDigest(policy),
      judge: (question) => rule.judge(question, policy),
    },
  ];
}

function packagesNow({ lifted = [] }: ProvenancePolicy): readonly unknown[] {
  const now = lifted.filter(({ ended }) => ended === undefined);
  return now.length === 0 ? [] : [now.map((each) => each.package).sort()];
}

/** Nothing for a Function without exceptions, so that its locks keep their names. */
function liftedNow({ lifted = [] }: Pick<ReleaseAgePolicy | LicencePolicy, 'lifted'>): readonly unknown[] {
  const now = lifted.filter(({ ended }) => ended === undefined);
  return now.length === 0 ? [] : [now.map((each) => `${each.code} ${each.package}`).sort()];
}

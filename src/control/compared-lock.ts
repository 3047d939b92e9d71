/** What a resolver found, compared with the rules that need what registries say about versions. */
import { formatFinding } from '../outcome/finding.ts';
import type { RecordedRelease, Releases } from '../release-age/release.ts';
import { judgeReleases, type ReleaseVerdict } from '../release-rules/judge.ts';
import { boundRules, mayRefuse } from '../release-rules/list.ts';
import type { ReleaseFinding } from '../release-rules/rule.ts';
import type { ReleaseRules } from '../release-rules/rules.ts';
import type { Failure, LockJob, ResolvedLock, Resolver } from '../resolve/resolver.ts';
import type { LockInputs } from '../revision/lock-inputs.ts';
import { byRules } from '../revision/refused-by.ts';
import type { RefusedLock, StoredLock } from '../revision/stored-lock.ts';
import type { RuleOutcome, RuleOutcomes } from './metrics.ts';

export interface Resolved {
  readonly lock: StoredLock;
  /** Findings that refuse nothing. */
  readonly warned: readonly ReleaseFinding[];
  readonly outcomes: RuleOutcomes;
  /** What is kept of them. */
  readonly releases?: readonly RecordedRelease[];
  /** Set if nobody compared the versions, although a rule that only warns wants it. */
  readonly notCompared?: Reason;
}

/** Resolves a lock, or asks about the versions of the author's. */
export const askResolver = (
  resolver: Resolver,
  job: LockJob,
  signal: AbortSignal,
): Promise<ResolvedLock | Releases | Failure> =>
  job.inputs.isAuthors === true ? resolver.releases(job, signal) : resolver.lock(job, signal);

/** @param before what the last revision recorded that was admitted */
export function compared(
  answer: ResolvedLock | Releases,
  { rules, language }: LockInputs,
  before: readonly RecordedRelease[] | undefined,
): Resolved {
  const isLock = 'file' in answer;
  const lock: StoredLock = isLock ? { kind: 'lock', file: answer.file, text: answer.text } : { kind: 'checked' };
  if (rules === undefined) return { lock, warned: [], outcomes: {} };
  const releases = isLock ? answer.releases : answer;
  if (releases === undefined) return notCompared(NO_TIMES, { rules }, lock);
  const verdict = judgeReleases({ releases, language, now: Date.now(), before }, rules);
  const { warned } = verdict;
  return {
    lock: refusalOf(verdict, rules) ?? lock,
    warned,
    outcomes: outcomesOf(verdict),
    releases: releases.releases,
  };
}

/** What is stored in place of a lock that could not be compared, or that could not be resolved. */
export function notCompared(reason: Reason, { rules }: Pick<LockInputs, 'rules'>, otherwise: StoredLock): Resolved {
  const isRefused = mayRefuse(rules);
  const outcome: RuleOutcome = isRefused ? 'refused' : 'warned';
  const outcomes = Object.fromEntries(boundRules(rules).map(({ name }) => [name, outcome]));
  return {
    lock: isRefused ? refusalFor(reason, rules) : otherwise,
    warned: [],
    outcomes,
    ...(!isRefused && rules !== undefined && { notCompared: reason }),
  };
}

function refusalOf({ refused, until, rules }: ReleaseVerdict, by: ReleaseRules): RefusedLock | undefined {
  const [first] = refused;
  if (first === undefined) return undefined;
  const [rule, ...more] = rules.filter((each) => each.refused.length > 0);
  const isOne = rule !== undefined && more.length === 0;
  return {
    kind: 'refused',
    code: first.code,
    problem: `${isOne ? rule.title : 'what registries say about its versions'} refuses the dependencies of this revision`,
    fix:
      until === undefined
        ? 'do what each of these says'
        : 'do what each of these says; Buildless tries again as soon as all of them are old enough',
    details: refused.map(formatFinding),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
    by: byRules(by),
  };
}

const outcomesOf = ({ rules }: ReleaseVerdict): RuleOutcomes =>
  Object.fromEntries(
    rules.map(({ name, refused, warned }) => [
      name,
      refused.length > 0 ? 'refused' : warned.length > 0 ? 'warned' : 'passed',
    ]),
  );

/** If a registry did not answer. */
export const unavailable = (rules: ReleaseRules | undefined): RuleOutcomes =>
  Object.fromEntries(boundRules(rules).map(({ name }) => [name, 'unavailable'] as const));

type Reason = Pick<RefusedLock, 'problem' | 'fix' | 'details'>;

const NO_TIMES: Reason = {
  problem: 'the resolver gave no publication times, so the age of the versions is not known',
  fix: 'use a resolver of the same version as the controller',
  details: [],
};

/**
 * With a rule that may refuse, nothing is installed of which nobody knows what registries say.
 *
 * @param rules those of the Function, if they are known
 */
export const refusalFor = ({ problem, fix, details }: Reason, rules?: ReleaseRules): RefusedLock => ({
  kind: 'refused',
  problem,
  fix,
  details,
  ...(rules !== undefined && { by: byRules(rules) }),
});

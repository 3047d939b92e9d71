/** Whether somebody compared the dependencies of a Pod with what registries say about them. No registry is asked here. */
import { hasDependencies } from '../dependencies/present.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import type { Source } from '../function/source.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { Finding, Warning } from '../outcome/finding.ts';
import { UNKNOWN_COMMIT } from '../function/stamp.ts';
import { formatAge, type ReleaseAgePolicy } from '../release-age/policy.ts';
import type { ReleaseRules } from '../release-rules/rules.ts';
import type { RevisionLock } from './run-source.ts';

export interface JudgedAge {
  readonly refused: readonly Finding[];
  readonly warned: readonly Warning[];
}

export interface AgeQuestion {
  readonly definition: Pick<FunctionDefinition, 'stamp' | 'runtime'>;
  readonly source: Source;
  readonly lock: RevisionLock;
  readonly rules: ReleaseRules | undefined;
  /** Whether anything is denied in the cluster. */
  readonly isDenying: boolean;
  /** Whether it is about a Pod of a cluster; elsewhere no workload is known. */
  readonly isInCluster: boolean;
}

const NOTHING: JudgedAge = { refused: [], warned: [] };
const START = 'see that the controller runs (kubectl buildless doctor)';
const VERDICT_MISSING = 'the verdict on its revision is missing';

const UNCOMPARED: Finding = {
  code: 'provenance-unchecked',
  problem: `nobody has compared the provenance of its packages with the revision before: ${VERDICT_MISSING}`,
  fix: START,
};

const UNLICENSED: Finding = {
  code: 'licence-unknown',
  problem: `nobody has looked up the licences of its packages: ${VERDICT_MISSING}`,
  fix: START,
};

/** A refusal of the controller counts whatever the age is by now: nothing is installed of such a revision. */
export function judgeAge(
  pod: PodLike,
  { definition, source, lock, rules, isDenying, isInCluster }: AgeQuestion,
): JudgedAge {
  if (lock.state === 'refused') {
    const { code = 'release-too-young', problem, fix, details } = lock.reason;
    const [first = problem] = details;
    return { refused: [{ code, problem: details.length > 1 ? problem : first, fix }], warned: [] };
  }
  const age = rules?.age;
  if (!isInCluster) return NOTHING;
  const code = definition.stamp?.code;
  if (code?.type === 'commit' && code.commit === UNKNOWN_COMMIT) return { refused: [UNSEEN], warned: [] };
  if (lock.state === 'absent' && age === undefined) {
    // Of files that admission does not see, only the verdict knows whether they have what is denied.
    if (isDenying && source.type !== 'files') return { refused: [UNSEARCHED], warned: [] };
    // A Pod without a revision has no revision before it that it could be compared with.
    if (rules?.provenance?.lost === 'refuse') return { refused: [UNCOMPARED], warned: [] };
    // Admission reads what is in a lock, if it sees it.
    if (rules?.licences !== undefined && source.type !== 'files') return { refused: [UNLICENSED], warned: [] };
  }
  if (age === undefined) return NOTHING;
  if (lock.state === 'absent') return { refused: [unchecked(age, VERDICT_MISSING, START)], warned: [] };
  if (lock.state === 'checked' || lock.state === 'merged' || lock.state === 'awaited') return NOTHING;
  if (lock.state === 'alone') return NOTHING;
  if (source.type === 'files' && !hasDependencies(source.files, definition.runtime.language)) return NOTHING;
  // A template has its stamp when its Pods are made; running Functions may be replaced by what they are.
  if (definition.stamp === undefined && isBare(pod)) {
    return { refused: [unchecked(age, 'a Pod without a workload has no revision', START_WORKLOAD)], warned: [] };
  }
  const why = definition.stamp === undefined ? 'its template has no revision' : 'its revision is older than that rule';
  return { refused: [], warned: [unchecked(age, why, 'edit the source, and its next revision is checked')] };
}

const UNSEEN = {
  code: 'release-age-unchecked',
  problem: 'nobody has compared its dependencies: the controller has not rolled out a commit of its branch or tag yet',
  fix: 'no action needed: it is created again after that; if it lasts, read the Events of the workload; a Job, and a Pod without a workload, have to name a commit',
} as const;

const UNSEARCHED = {
  code: 'release-age-unchecked',
  problem: 'nobody has compared its commit with the denied versions: the verdict on it is missing',
  fix: START,
} as const;

const START_WORKLOAD = 'run it from a Deployment, StatefulSet, DaemonSet, Job or CronJob';

/** A Pod that somebody created, not a template and not a Pod of a workload. */
export const isBare = ({ metadata }: PodLike): boolean =>
  metadata?.ownerReferences === undefined || metadata.ownerReferences.length === 0;

const unchecked = ({ seconds }: ReleaseAgePolicy, why: string, fix: string) =>
  ({
    code: 'release-age-unchecked',
    problem: `nobody has compared its dependencies with the minimum release age of ${formatAge(seconds)}: ${why}`,
    fix,
  }) as const;

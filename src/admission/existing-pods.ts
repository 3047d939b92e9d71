/**
 * What new labels of a Namespace mean for the Pods that run there, as Pod Security Admission says it: nothing is stopped,
 * as they run on, but their successors would be refused. Bounded, as a namespace may have thousands of Pods.
 */
import { LEVELS } from '../dependencies/policy.ts';
import { hasDependencies } from '../dependencies/present.ts';
import {
  isOptedIn,
  LabelsUnreachable,
  namespaceFacts,
  type NamespaceFacts,
  type NamespaceLabels,
} from '../namespace/namespace.ts';
import { NAMESPACE_LABEL, NAMESPACE_ONLY, POLICY_LABELS, RELEASE_AGE_LABEL } from '../function/keys.ts';
import { parsePod } from '../function/pod-shape.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import { allowedInOnly } from '../installation/only-parameters.ts';
import { formatFinding, type Finding, type Warning } from '../outcome/finding.ts';
import { labelField, type FieldPath } from '../outcome/place.ts';
import { formatAge } from '../release-age/policy.ts';
import { groupedPods, titleOfGroup, type PodGroup } from './grouped-pods.ts';
import { judgeSource, sourceOf } from './judge-pod.ts';
import type { ReviewContext } from './review-context.ts';

/** As in Pod Security Admission; the API server waits for a webhook 5 s at most. */
const MOST_MILLISECONDS = 1000;
const MOST_NAMES = 5;

/** The labels of a Namespace as they are and as they will be. */
export interface ChangedLabels {
  readonly before: NamespaceLabels;
  readonly after: NamespaceLabels;
}

export async function warnOfExistingPods(
  namespace: string,
  { before, after }: ChangedLabels,
  context: ReviewContext,
): Promise<readonly Warning[]> {
  const { dependencies } = context.configuration();
  const [was, will] = [before, after].map((labels) => namespaceFacts(namespace, labels, dependencies));
  if (was === undefined || will === undefined || context.pods === undefined || !will.enabled) return [];
  const only = after[NAMESPACE_LABEL] === NAMESPACE_ONLY && before[NAMESPACE_LABEL] !== NAMESPACE_ONLY;
  const isStricter = LEVELS.indexOf(will.levels.enforce) > LEVELS.indexOf(was.levels.enforce);
  const isOlder = (will.releaseRules?.age?.seconds ?? 0) > (was.releaseRules?.age?.seconds ?? 0);
  if (!only && !isStricter && !isOlder) return [];
  // Whoever reaches the webhook may claim what a namespace's labels are; nothing is revealed about one that did not opt in before.
  const known = await context.namespaceLabels(namespace);
  if (known instanceof LabelsUnreachable || !isOptedIn(known)) return [];
  const { now = () => 0 } = context;
  const started = now();
  const listed = await context.pods(namespace, only ? 'all' : 'functions');
  if (listed === undefined) return [];
  const pods = listed.items.flatMap((item) => {
    const parsed = parsePod(item);
    return 'pod' in parsed && isAlive(parsed.pod) ? [parsed.pod] : [];
  });
  const others = only ? warnOfOthers(namespace, pods, context) : [];
  if (!isStricter && !isOlder) return others;
  const groups = groupedPods(pods);
  const judged = await judgeGroups(namespace, groups, will, context, () => now() - started > MOST_MILLISECONDS);
  const all = listed.more || judged.length < groups.length ? `the first ${judged.length}` : String(groups.length);
  return [
    ...others,
    ...(isStricter ? warnOfRefused(judged, LEVEL, `"${will.levels.enforce}"`, all) : []),
    ...(isOlder ? warnOfAges(judged, formatAge(will.releaseRules?.age?.seconds ?? 0), all) : []),
  ];
}

const isAlive = ({ metadata, status }: PodLike & { readonly status?: unknown }): boolean =>
  (metadata?.deletionTimestamp ?? undefined) === undefined && !hasEnded(status);
const hasEnded = (status: unknown): boolean =>
  typeof status === 'object' &&
  status !== null &&
  'phase' in status &&
  (status.phase === 'Succeeded' || status.phase === 'Failed');
const nameOf = ({ metadata }: PodLike): string => metadata?.name ?? '';

/** Pods that a namespace of Functions only would not admit. */
function warnOfOthers(
  namespace: string,
  pods: readonly PodLike[],
  { configuration }: ReviewContext,
): readonly Warning[] {
  if (configuration().only.exemptNamespaces.includes(namespace)) return [];
  const refused = pods.filter((pod) => !allowedInOnly(pod, configuration()));
  if (refused.length === 0) return [];
  return [
    {
      code: 'existing-pods',
      field: labelField(NAMESPACE_LABEL),
      problem: `${refused.length} of ${pods.length} Pods would be refused: ${namesOf(refused.map(nameOf).sort())}`,
      fix: 'no action needed for those that run; move their workloads, or have the administrator list their images',
    },
  ];
}

interface JudgedGroup {
  readonly group: PodGroup;
  /** What its next Pod would be refused for, by what decides. */
  readonly refused: { readonly level: readonly Finding[]; readonly age: readonly Finding[] };
  /** Set if packages are installed whose age nobody knows here. */
  readonly hasAges: boolean;
}

/** @returns as many as there was time for, from the first on */
async function judgeGroups(
  namespace: string,
  groups: readonly PodGroup[],
  facts: NamespaceFacts,
  context: ReviewContext,
  isOver: () => boolean,
): Promise<readonly JudgedGroup[]> {
  const judged: JudgedGroup[] = [];
  for (const group of groups) {
    const findings: Finding[] = [];
    let hasAges = false;
    for (const pod of group.variants) {
      if (isOver()) return judged;
      const { enforced } = await judgeSource(pod, namespace, context, facts);
      // Then nothing is known of the Function, and there is no time for others either.
      if (enforced.some(({ code }) => code === 'too-busy')) return judged;
      findings.push(...enforced);
      hasAges ||= await installsPackages(pod, namespace, context);
    }
    const isOfAge = ({ code }: Finding): boolean => code.startsWith('release-');
    judged.push({
      group,
      refused: { level: findings.filter((each) => !isOfAge(each)), age: findings.filter(isOfAge) },
      hasAges,
    });
  }
  return judged;
}

/** Whether it has dependencies; of a source that is not in the cluster nobody knows. */
async function installsPackages(pod: PodLike, namespace: string, context: ReviewContext): Promise<boolean> {
  const wanted = sourceOf(pod, context);
  if (wanted === undefined) return false;
  const source = await context.readSource(namespace, wanted.reference);
  return source.type === 'files' ? hasDependencies(source.files, wanted.language) : source.type === 'opaque';
}

const LEVEL = labelField(POLICY_LABELS.enforce);
const AGE = labelField(RELEASE_AGE_LABEL);

/** How many there are with their names, and for the first ones a line each with the first reason. */
function warnOfRefused(
  judged: readonly JudgedGroup[],
  field: FieldPath,
  what: string,
  all: string,
  by: 'level' | 'age' = 'level',
): readonly Warning[] {
  const refused = judged.flatMap(({ group, refused: { [by]: findings } }) => {
    const [first] = findings;
    return first === undefined ? [] : [{ group, first }];
  });
  if (refused.length === 0) return [];
  const pods = refused.reduce((sum, { group }) => sum + group.pods, 0);
  const names = namesOf(distinctNames(refused.map(({ group }) => group)));
  return [
    {
      code: 'existing-pods',
      field,
      problem: `${what} would refuse ${refused.length} of ${all} Functions (${pods} Pod${pods === 1 ? '' : 's'}): ${names}`,
      fix: by === 'level' ? 'lock them first; those that run are left alone' : 'those that run are left alone',
    },
    ...refused.slice(0, by === 'level' ? MOST_NAMES : 1).map(({ group, first }): Warning => ({
      code: 'existing-pods',
      problem: titleOfGroup(group),
      fix: formatFinding(first),
    })),
  ];
}

/** No registry is asked in an admission, so only what has no revision is refused for certain. */
function warnOfAges(judged: readonly JudgedGroup[], age: string, all: string): readonly Warning[] {
  const unknown = judged
    .filter(({ hasAges, refused }) => hasAges && refused.age.length === 0)
    .map(({ group }) => group);
  return [
    ...warnOfRefused(judged, AGE, `"${age}"`, all, 'age'),
    ...(unknown.length === 0
      ? []
      : [
          {
            code: 'existing-pods' as const,
            field: AGE,
            problem: `the versions of ${unknown.length} of ${all} Functions are not compared with "${age}" yet: ${namesOf(distinctNames(unknown))}`,
            fix: 'no action needed: the controller compares the next revision of each; those that run are left alone',
          },
        ]),
  ];
}

/** With the workload if two have the same Function. */
function distinctNames(groups: readonly PodGroup[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { function: name } of groups) counts.set(name, (counts.get(name) ?? 0) + 1);
  return groups.map(({ function: name, workload = 'Pod' }) =>
    (counts.get(name) ?? 0) > 1 ? `${name} (${workload})` : name,
  );
}

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

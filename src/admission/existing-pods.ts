/**
 * What new labels of a Namespace mean for the Pods that run there, as Pod Security Admission says it: nothing is stopped,
 * as they run on, but their successors would be refused. Bounded, as a namespace may have thousands of Pods.
 */
import { isOptedIn, LabelsUnreachable, namespaceFacts, type NamespaceLabels } from '../namespace/namespace.ts';
import {
  ANNOTATIONS,
  FUNCTION_LABEL,
  NAMESPACE_LABEL,
  NAMESPACE_ONLY,
  OPT_INS,
  POLICY_LABELS,
} from '../function/keys.ts';
import { parsePod } from '../function/pod-shape.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import { allowedInOnly } from '../installation/only-parameters.ts';
import { formatFinding, type Warning } from '../outcome/finding.ts';
import { labelField } from '../outcome/place.ts';
import { judgeSource } from './judge-pod.ts';
import type { ReviewContext } from './review-context.ts';

/** Sources that are judged for one review; replicas of a Function share theirs. */
const MOST_SOURCES = 50;
/** Then the rest is not looked at: the API server waits for a webhook only 5 s. */
const MOST_MILLISECONDS = 500;
const MOST_NAMES = 5;

/** @param changed labels of ours that are new or have a new value */
export async function warnOfExistingPods(
  namespace: string,
  labels: NamespaceLabels,
  changed: readonly string[],
  context: ReviewContext,
): Promise<readonly Warning[]> {
  const optIn = OPT_INS.find((value) => value === labels[NAMESPACE_LABEL]);
  const leveled = changed.includes(POLICY_LABELS.enforce) || changed.includes(NAMESPACE_LABEL);
  const only = optIn === NAMESPACE_ONLY && changed.includes(NAMESPACE_LABEL);
  if (context.pods === undefined || optIn === undefined || !(leveled || only)) return [];
  // Whoever reaches the webhook may claim what a namespace's labels are; nothing is revealed about one that did not opt in before.
  const known = await context.namespaceLabels(namespace);
  if (known instanceof LabelsUnreachable || !isOptedIn(known)) return [];
  const listed = await context.pods(namespace, only ? 'all' : 'functions');
  if (listed === undefined) return [];
  const pods = listed.items.flatMap((item) => {
    const parsed = parsePod(item);
    return 'pod' in parsed && isAlive(parsed.pod) ? [parsed.pod] : [];
  });
  return [
    ...(only ? warnOfOthers(namespace, pods, context) : []),
    ...(await warnOfSources(namespace, labels, pods, context, listed.more)),
  ];
}

const isAlive = ({ metadata }: PodLike): boolean => (metadata?.deletionTimestamp ?? undefined) === undefined;
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
      problem: `${refused.length} of ${pods.length} Pods would be refused: ${namesOf(refused.map(nameOf))}`,
      fix: 'no action needed for those that run; move their workloads, or have the administrator list their images',
    },
  ];
}

/** Functions whose dependencies the level to enforce would refuse. */
async function warnOfSources(
  namespace: string,
  labels: NamespaceLabels,
  pods: readonly PodLike[],
  context: ReviewContext,
  more: boolean,
): Promise<readonly Warning[]> {
  const facts = namespaceFacts(namespace, labels, context.configuration().dependencies);
  const { enforce } = facts.levels;
  const functions = distinct(pods);
  const { now = () => 0 } = context;
  const started = now();
  const refused: string[] = [];
  let example = '';
  let judged = 0;
  for (const [name, pod] of functions) {
    if (judged >= MOST_SOURCES || now() - started > MOST_MILLISECONDS) break;
    judged += 1;
    const { enforced } = await judgeSource(pod, namespace, context, facts);
    const [first] = enforced;
    if (first === undefined) continue;
    refused.push(name);
    if (example === '') example = formatFinding(first);
  }
  if (refused.length === 0) return [];
  const all = more || judged < functions.length ? `the first ${judged}` : String(functions.length);
  return [
    {
      code: 'existing-pods',
      field: labelField(POLICY_LABELS.enforce),
      problem: `"${enforce}" would refuse ${refused.length} of ${all} Functions: ${namesOf(refused)}`,
      fix: 'lock them first; those that run are left alone',
    },
    { code: 'existing-pods', problem: `for example Function "${refused[0] ?? ''}"`, fix: example },
  ];
}

/** One Pod for each Function, source and runtime, with the Function's name. */
function distinct(pods: readonly PodLike[]): readonly (readonly [string, PodLike])[] {
  const found = new Map<string, readonly [string, PodLike]>();
  for (const pod of pods) {
    const name = pod.metadata?.labels?.[FUNCTION_LABEL];
    if (name === undefined) continue;
    const { [ANNOTATIONS.source]: source = '', [ANNOTATIONS.runtime]: runtime = '' } = pod.metadata?.annotations ?? {};
    const key = JSON.stringify([name, source, runtime]);
    if (!found.has(key)) found.set(key, [name, pod]);
  }
  return [...found.values()];
}

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

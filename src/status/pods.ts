import { field, list, text } from '../kubernetes/fields.ts';
import { REVISION_ANNOTATION, STATUS_ANNOTATION } from '../function/keys.ts';
import { parseStatus } from '../inject/status.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { textsAt } from './workload.ts';

/** What the Pods of a workload are doing now. */
export interface Running {
  readonly ready: number;
  /** Pods that run another revision than the template names, and are not about to end. */
  readonly otherRevision: number;
  /** What those Pods say that they run, each once; `''` for Pods without a revision. */
  readonly otherStamps: readonly string[];
  /** Versions of Buildless that injected them, sorted. */
  readonly injectedBy: readonly string[];
  /** Why a Pod does not start, for a person; the first few. */
  readonly stuck: readonly string[];
}

const MOST_STUCK = 3;
const ENDED = ['Succeeded', 'Failed'];

export function runningOf(pods: readonly KubernetesObject[], stamp: string | undefined): Running {
  const current = pods.filter(
    (pod) => field(pod, 'metadata', 'deletionTimestamp') === undefined && !ENDED.includes(text(pod, 'status', 'phase')),
  );
  const annotations = current.map((pod) => textsAt(pod, 'metadata', 'annotations'));
  const others = annotations.map((each) => each[REVISION_ANNOTATION]).filter((each) => each !== stamp);
  const versions = annotations.flatMap((each) => parseStatus(each[STATUS_ANNOTATION])?.version ?? []);
  return {
    ready: current.filter(isReady).length,
    otherRevision: others.length,
    otherStamps: [...new Set(others.map((each) => each ?? ''))].sort(),
    injectedBy: [...new Set(versions)].sort(),
    stuck: current.flatMap((pod) => whyStuck(pod) ?? []).slice(0, MOST_STUCK),
  };
}

export const isReady = (pod: KubernetesObject): boolean =>
  list(pod, 'status', 'conditions').some(
    (condition) => text(condition, 'type') === 'Ready' && text(condition, 'status') === 'True',
  );

/** An init container that ended with a reason, or a container that cannot be started. */
function whyStuck(pod: KubernetesObject): string | undefined {
  const states = [...list(pod, 'status', 'initContainerStatuses'), ...list(pod, 'status', 'containerStatuses')];
  for (const status of states) {
    const place = `Pod ${text(pod, 'metadata', 'name')}, ${text(status, 'name')}`;
    const ended = field(status, 'state', 'terminated') ?? field(status, 'lastState', 'terminated');
    const message = text(ended, 'message').trim();
    const isWaiting =
      field(status, 'state', 'waiting') !== undefined || field(status, 'state', 'terminated') !== undefined;
    if (isWaiting && message !== '' && field(ended, 'exitCode') !== 0)
      return `${place}: ${message.split('\n')[0] ?? ''}`;
    const reason = text(status, 'state', 'waiting', 'reason');
    if (reason !== '' && reason !== 'PodInitializing' && reason !== 'ContainerCreating') return `${place}: ${reason}`;
  }
  return undefined;
}

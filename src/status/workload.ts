import { list, text, field, count } from '../kubernetes/fields.ts';
import { ANNOTATIONS, FOLLOWED_LABEL, FUNCTION_LABEL, REVISION_ANNOTATION, ROLLOUT_LABEL } from '../function/keys.ts';
import { KNATIVE_SERVICE_LABEL } from '../function/knative.ts';
import { isObject, labelsOf, type KubernetesObject } from '../kubernetes/object.ts';
import type { ClusterObjects } from './cluster-objects.ts';

/** A workload whose Pods are a Function. */
export interface Workload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly function: string;
  readonly template: KubernetesObject;
  readonly annotations: Readonly<Record<string, string>>;
  /** What its template names: the text of the stamp. */
  readonly stamp: string | undefined;
  readonly followed: string | undefined;
  /** Of the label; undefined for the configuration's. */
  readonly rollout: string | undefined;
  /** Replicas that are asked for; undefined for kinds that have none, such as a CronJob. */
  readonly wanted: number | undefined;
  readonly created: string;
}

/** Those that no other object controls, and bare Pods, in the order of namespace and name. */
export function functionsOf({ workloads, pods }: ClusterObjects): readonly Workload[] {
  const made = workloads.flatMap(({ kind, object }) => {
    const template = field(object, ...kind.path);
    return controllerOf(object) === undefined && isObject(template)
      ? (workloadOf(kind.kind, object, template) ?? [])
      : [];
  });
  const bare = pods.flatMap((pod) => (controllerOf(pod) === undefined ? (workloadOf('Pod', pod, pod) ?? []) : []));
  return [...made, ...bare].sort(
    (a, b) => compare(a.namespace, b.namespace) || compare(a.function, b.function) || compare(a.name, b.name),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function workloadOf(kind: string, object: KubernetesObject, template: KubernetesObject): Workload | undefined {
  const name = labelsOf(template)[FUNCTION_LABEL];
  if (name === undefined) return undefined;
  const annotations = textsAt(template, 'metadata', 'annotations');
  if (annotations[ANNOTATIONS.mode] === 'disabled') return undefined;
  const labels = labelsOf(object);
  return {
    kind,
    namespace: text(object, 'metadata', 'namespace'),
    name: text(object, 'metadata', 'name'),
    uid: text(object, 'metadata', 'uid'),
    function: name,
    template,
    annotations,
    stamp: annotations[REVISION_ANNOTATION],
    followed: labels[FOLLOWED_LABEL],
    rollout: labels[ROLLOUT_LABEL],
    wanted: wantedOf(kind, object),
    created: text(object, 'metadata', 'creationTimestamp'),
  };
}

function wantedOf(kind: string, object: KubernetesObject): number | undefined {
  switch (kind) {
    case 'Pod':
      return 1;
    case 'DaemonSet':
      return count(object, 'status', 'desiredNumberScheduled');
    // Of Knative: as many as the load needs.
    case 'Service':
    case 'CronJob':
    case 'Job':
      return undefined;
    default: {
      const replicas = field(object, 'spec', 'replicas');
      return typeof replicas === 'number' ? replicas : 1;
    }
  }
}

/** Uid of the object that controls another one. */
export function controllerOf(object: KubernetesObject): string | undefined {
  const owner = list(object, 'metadata', 'ownerReferences').find((each) => field(each, 'controller') === true);
  return owner === undefined ? undefined : text(owner, 'uid');
}

export function textsAt(value: unknown, ...keys: readonly string[]): Readonly<Record<string, string>> {
  const found = field(value, ...keys);
  const entries = isObject(found) ? Object.entries(found) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Whether Knative made it for this Service: a Configuration and a Revision are between them. */
export const isOfService = (object: KubernetesObject, { namespace, name }: Workload): boolean =>
  labelsOf(object)[KNATIVE_SERVICE_LABEL] === name && text(object, 'metadata', 'namespace') === namespace;

/** The objects below a workload, at any depth: a Deployment's ReplicaSets and their Pods, a CronJob's Jobs and theirs. */
export function podsOf(workload: Workload, { workloads, pods }: ClusterObjects): readonly KubernetesObject[] {
  if (workload.kind === 'Pod') return pods.filter((pod) => text(pod, 'metadata', 'uid') === workload.uid);
  if (workload.kind === 'Service') return pods.filter((pod) => isOfService(pod, workload));
  const between = workloads
    .map(({ object }) => object)
    .filter((object) => controllerOf(object) === workload.uid)
    .map((object) => text(object, 'metadata', 'uid'));
  const owners = new Set([workload.uid, ...between]);
  return pods.filter((pod) => owners.has(controllerOf(pod) ?? ''));
}

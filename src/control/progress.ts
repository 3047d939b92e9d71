/**
 * Whether a workload did what was asked of it last.
 * Source: k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go, argoproj/argo-rollouts docs/features/specification.md,
 * knative.dev/serving pkg/apis/serving/v1/service_lifecycle.go
 */
import { isObject, type KubernetesObject } from '../kubernetes/object.ts';
import { valueAt } from '../manifests/templates.ts';

type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Rollout' | 'Service';

export const isAlwaysComplete = (): boolean => true;

export const isComplete: Readonly<Record<Kind, (object: KubernetesObject) => boolean>> = {
  Deployment: (object) => {
    if (valueAt(object, ['spec', 'paused']) === true) return true;
    const { wanted, has } = numbersOf(object);
    const updated = has('updatedReplicas');
    return isObserved(object) && updated >= wanted && has('replicas') <= updated && has('availableReplicas') >= updated;
  },
  StatefulSet: (object) => {
    if (isOnDelete(object)) return true;
    const { wanted, has } = numbersOf(object);
    return isObserved(object) && has('updatedReplicas') >= wanted && has('readyReplicas') >= wanted;
  },
  DaemonSet: (object) => {
    if (isOnDelete(object)) return true;
    const { has } = numbersOf(object);
    const wanted = has('desiredNumberScheduled');
    return isObserved(object) && has('updatedNumberScheduled') >= wanted && has('numberAvailable') >= wanted;
  },
  Rollout: (object) => {
    const phase = valueAt(object, ['status', 'phase']);
    // Its observedGeneration is a string, and of older versions a hash.
    const observed = valueAt(object, ['status', 'observedGeneration']);
    const generation = String(valueAt(object, ['metadata', 'generation']));
    return observed === generation && (phase === 'Healthy' || phase === 'Paused');
  },
  // Of Knative: a revision that failed is not waited for.
  Service: (object) => {
    const conditions = valueAt(object, ['status', 'conditions']);
    const ready = (Array.isArray(conditions) ? conditions : []).find(
      (condition: unknown) => isObject(condition) && condition.type === 'Ready',
    ) as KubernetesObject | undefined;
    return isObserved(object) && ready !== undefined && ready.status !== 'Unknown';
  },
};

const isOnDelete = (object: KubernetesObject): boolean =>
  valueAt(object, ['spec', 'updateStrategy', 'type']) === 'OnDelete';

function isObserved(object: KubernetesObject): boolean {
  const [generation, observed] = [
    valueAt(object, ['metadata', 'generation']),
    valueAt(object, ['status', 'observedGeneration']),
  ];
  return typeof generation === 'number' && typeof observed === 'number' && observed >= generation;
}

function numbersOf(object: KubernetesObject): { readonly wanted: number; readonly has: (field: string) => number } {
  const status = isObject(object.status) ? object.status : {};
  const replicas = valueAt(object, ['spec', 'replicas']);
  return {
    wanted: typeof replicas === 'number' ? replicas : 1,
    has: (field) => {
      const value = status[field];
      return typeof value === 'number' ? value : 0;
    },
  };
}

/** The kinds whose Pod templates name revisions. */
import { KNATIVE_GROUP } from '../function/knative.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Path } from '../manifests/templates.ts';
import { isAlwaysComplete, isComplete } from './progress.ts';

export interface StampedKind {
  /** With the version. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  /** To the Pod template. */
  readonly path: Path;
  /** Whether an edit of the source rolls out to it; the others keep the revision that they were made with. */
  readonly rolls: boolean;
  /** Whether the API server may not know it. */
  readonly optional: boolean;
  /** Whether its controllers copy the labels of the Pod template to it, so that only those of Functions are asked for. */
  readonly labelled: boolean;
  /** Whether what was asked of it last is done. */
  readonly isComplete: (object: KubernetesObject) => boolean;
}

const TEMPLATE = ['spec', 'template'] as const;
const NEVER = { rolls: false, optional: false, labelled: false, isComplete: isAlwaysComplete } as const;
const ROLLS = { rolls: true, optional: false, labelled: false } as const;

export const STAMPED_KINDS: readonly StampedKind[] = [
  {
    ...ROLLS,
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    resource: 'deployments',
    path: TEMPLATE,
    isComplete: isComplete.Deployment,
  },
  {
    ...ROLLS,
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    resource: 'statefulsets',
    path: TEMPLATE,
    isComplete: isComplete.StatefulSet,
  },
  {
    ...ROLLS,
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    resource: 'daemonsets',
    path: TEMPLATE,
    isComplete: isComplete.DaemonSet,
  },
  {
    ...ROLLS,
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    resource: 'cronjobs',
    path: ['spec', 'jobTemplate', 'spec', 'template'],
    isComplete: isAlwaysComplete,
  },
  {
    ...ROLLS,
    optional: true,
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    resource: 'rollouts',
    path: TEMPLATE,
    isComplete: isComplete.Rollout,
  },
  {
    ...ROLLS,
    optional: true,
    apiVersion: `${KNATIVE_GROUP}/v1`,
    kind: 'Service',
    resource: 'services',
    path: TEMPLATE,
    isComplete: isComplete.Service,
  },
  { ...NEVER, apiVersion: 'apps/v1', kind: 'ReplicaSet', resource: 'replicasets', path: TEMPLATE },
  { ...NEVER, apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs', path: TEMPLATE },
  // StatefulSets and DaemonSets keep their earlier templates here.
  {
    ...NEVER,
    labelled: true,
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    resource: 'controllerrevisions',
    path: ['data', 'spec', 'template'],
  },
];

/** A Pod that no template of these made names its revision itself. The View follows Pods anyway, so it is not in the list. */
export const DIRECT_POD: StampedKind = { ...NEVER, apiVersion: 'v1', kind: 'Pod', resource: 'pods', path: [] };

/** Path of all objects of a kind in the API. */
export const collectionOf = ({ apiVersion, resource }: StampedKind): string => `/apis/${apiVersion}/${resource}`;

/** Path of one object. */
export const objectPathOf = ({ apiVersion, resource }: StampedKind, namespace: string, name: string): string =>
  `/apis/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`;

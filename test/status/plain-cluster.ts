import type { Get } from '../../src/status/cluster-objects.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';

/** Answers like an API server that has these objects and no others: lists by the collection, single ones by their address. */
export function plainCluster(collections: Readonly<Record<string, readonly KubernetesObject[]>>): Get {
  return (path) => {
    const items = collections[path];
    if (items !== undefined) return Promise.resolve({ ok: true, object: { items, metadata: {} } });
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    const found = collections[path.slice(0, slash)]?.find(
      ({ metadata }) => (metadata as { readonly name?: string }).name === name,
    );
    if (found !== undefined) return Promise.resolve({ ok: true, object: found });
    return Promise.resolve({ ok: false, status: 404, message: `"${name}" not found` });
  };
}

const NAMESPACE = 'shop';
export const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
export const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
export const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
export const REPLICA_SETS = `/apis/apps/v1/namespaces/${NAMESPACE}/replicasets`;
export const KNATIVE_SERVICES = `/apis/serving.knative.dev/v1/namespaces/${NAMESPACE}/services`;
export const EVENTS = `/api/v1/namespaces/${NAMESPACE}/events`;

export const configMap = (
  name: string,
  data: Readonly<Record<string, string>>,
  metadata: object = {},
): KubernetesObject => ({
  metadata: { name, namespace: NAMESPACE, creationTimestamp: '2026-11-28T10:00:00Z', ...metadata },
  data,
});

const template = (stamp: string | undefined, annotations: Readonly<Record<string, string>>): object => ({
  metadata: {
    labels: { 'buildless.dev/function': 'hello' },
    annotations: {
      'buildless.dev/runtime': 'nodejs22',
      ...(stamp !== undefined && { 'buildless.dev/revision': stamp }),
      ...annotations,
    },
  },
  spec: { containers: [{ name: 'function', image: 'auto' }] },
});

export interface DeploymentOptions {
  readonly stamp?: string;
  readonly followed?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const deployment = ({ stamp, followed, labels, annotations = {} }: DeploymentOptions): KubernetesObject => ({
  metadata: {
    name: 'hello',
    namespace: NAMESPACE,
    uid: 'deployment',
    creationTimestamp: '2026-11-28T09:00:00Z',
    labels: { ...(followed !== undefined && { 'buildless.dev/followed': followed }), ...labels },
  },
  spec: { replicas: 2, template: template(stamp, annotations) },
});

export const replicaSet = (number: number, stamp: string | undefined): KubernetesObject => ({
  metadata: {
    name: `hello-${number}`,
    namespace: NAMESPACE,
    uid: `replicaset-${number}`,
    creationTimestamp: `2026-11-28T09:0${number}:00Z`,
    annotations: { 'deployment.kubernetes.io/revision': String(number) },
    ownerReferences: [{ uid: 'deployment', controller: true }],
  },
  spec: { template: template(stamp, {}) },
});

export const knativeService = (name: string, stamp: string): KubernetesObject => ({
  metadata: { name, namespace: NAMESPACE, uid: `service-${name}`, creationTimestamp: '2026-11-28T09:00:00Z' },
  spec: { template: template(stamp, {}) },
});

/** As Knative makes one for each of its revisions. */
export const knativeDeployment = (service: string, number: number, stamp: string): KubernetesObject => ({
  metadata: {
    name: `${service}-0000${number}-deployment`,
    namespace: NAMESPACE,
    uid: `deployment-${service}-${number}`,
    creationTimestamp: `2026-11-28T09:0${number}:00Z`,
    labels: { 'serving.knative.dev/service': service, 'serving.knative.dev/revision': `${service}-0000${number}` },
    annotations: { 'deployment.kubernetes.io/revision': '1' },
    ownerReferences: [{ uid: `revision-${service}-${number}`, controller: true }],
  },
  spec: { replicas: 0, template: template(stamp, {}) },
});

export const podOf = (number: number, stamp: string | undefined, status: object = READY): KubernetesObject => ({
  metadata: {
    name: `hello-${number}-x`,
    namespace: NAMESPACE,
    labels: { 'buildless.dev/function': 'hello' },
    annotations: { ...(stamp !== undefined && { 'buildless.dev/revision': stamp }) },
    ownerReferences: [{ uid: `replicaset-${number}`, controller: true }],
  },
  status,
});

const READY = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };

/** The kinds whose objects a Function's Pods come from, with the addresses of their collections. */
import { KNATIVE_GROUP } from '../function/knative.ts';
import { TEMPLATE_KINDS } from '../function/template-kinds.ts';

/** Versions that every supported Kubernetes serves; custom resources as their projects have them. */
const VERSIONS: Readonly<Record<string, string>> = {
  apps: 'v1',
  batch: 'v1',
  'argoproj.io': 'v1alpha1',
  [KNATIVE_GROUP]: 'v1',
};

export interface WorkloadKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Of Kubernetes itself, so that every cluster has it. */
  readonly builtIn: boolean;
  /** To the Pod template. */
  readonly path: readonly string[];
  /** Of the collection inside a namespace, or of all namespaces. */
  readonly collection: (namespace: string | undefined) => string;
}

export const WORKLOAD_KINDS: readonly WorkloadKind[] = TEMPLATE_KINDS.flatMap(({ group, kind, resource, path }) => {
  const version = VERSIONS[group];
  if (version === undefined) return [];
  const apiVersion = `${group}/${version}`;
  return [
    {
      apiVersion,
      kind,
      builtIn: !group.includes('.'),
      path,
      collection: (namespace) => collectionOf(`/apis/${apiVersion}`, resource, namespace),
    },
  ];
});

/** @param namespace undefined for all */
export function collectionOf(api: string, resource: string, namespace: string | undefined): string {
  return namespace === undefined
    ? `${api}/${resource}`
    : `${api}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}

import type { V1ConfigMap, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import { ANNOTATIONS, FUNCTION_LABEL } from '../../src/function/keys.ts';
import { kubectlOk } from '../cluster/kubectl.ts';

/** Small to schedule, as one node of two cores runs all tests, and quick to start. */
export const RESOURCES = { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '1', memory: '512Mi' } };

export interface FunctionOptions {
  readonly runtime?: string;
  readonly files: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly spec?: Partial<V1PodSpec>;
  /** Fields of the Function's container; `resources: {}` leaves them to the profile. */
  readonly container?: Partial<V1PodSpec['containers'][number]>;
}

export const sourceOf = (name: string, data: Readonly<Record<string, string>>): V1ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { [FUNCTION_LABEL]: name } },
  data,
});

/** The template of a Function's Pods, for whatever makes Pods. */
export function templateOf(name: string, options: FunctionOptions): V1PodTemplateSpec {
  const { runtime = 'nodejs22', annotations = {}, spec = {}, container = {} } = options;
  return {
    metadata: {
      labels: { app: name, [FUNCTION_LABEL]: name },
      annotations: { [ANNOTATIONS.runtime]: runtime, ...annotations },
    },
    spec: {
      ...spec,
      containers: [{ name: 'function', image: 'auto', resources: RESOURCES, ...container }, ...(spec.containers ?? [])],
    },
  };
}

/** The ConfigMap and the Deployment of a Function. */
export function deployed(name: string, options: FunctionOptions): readonly object[] {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: options.replicas ?? 1,
      selector: { matchLabels: { app: name } },
      template: templateOf(name, options),
    },
  };
  return [sourceOf(name, options.files), deployment];
}

/** `kubectl apply` of all of them at once. */
export async function apply(namespace: string, ...objects: readonly (object | readonly object[])[]): Promise<void> {
  await kubectlOk(['apply', '-n', namespace, '-f', '-'], { apiVersion: 'v1', kind: 'List', items: objects.flat() });
}

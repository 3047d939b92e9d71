import type { V1ConfigMap, V1Deployment, V1Pod } from '@kubernetes/client-node';
import { ANNOTATIONS, FUNCTION_LABEL } from '../../src/function/keys.ts';

/** The ConfigMap of a Function in Node.js without dependencies, unless other files are given. */
export function source(name: string, data: Readonly<Record<string, string>> = {}): V1ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { [FUNCTION_LABEL]: name } },
    data: { 'handler.js': "module.exports = { main: () => 'hello' };", ...data },
  };
}

/** The Pod of a Function in Node.js. */
export function functionPod(
  name: string,
  more: { annotations?: Record<string, string>; spec?: Partial<V1Pod['spec']>; pod?: string } = {},
): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: more.pod ?? name,
      labels: { [FUNCTION_LABEL]: name },
      annotations: { [ANNOTATIONS.runtime]: 'nodejs22', ...more.annotations },
    },
    spec: { containers: [{ name: 'function', image: 'auto' }], ...more.spec },
  };
}

/** A Pod that is no Function. */
export function plainPod(name: string): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'main', image: 'main:1' }] },
  };
}

export const listOf = (...items: readonly unknown[]): object => ({ apiVersion: 'v1', kind: 'List', items });

/** A Deployment whose Pods are the Function of its name. */
export function deployment(name: string, replicas: number): V1Deployment & Required<Pick<V1Deployment, 'spec'>> {
  const labels = { app: name, [FUNCTION_LABEL]: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels, annotations: { [ANNOTATIONS.runtime]: 'nodejs22' } },
        spec: { containers: [{ name: 'function', image: 'auto' }] },
      },
    },
  };
}

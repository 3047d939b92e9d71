/** An API server in this process, with as many workloads as are asked for and nothing that changes. */
import type { ApiServer } from '../../src/api-server/api-server.ts';
import {
  ANNOTATIONS,
  FOLLOWED_LABEL,
  FUNCTION_LABEL,
  NAMESPACE_ENABLED,
  NAMESPACE_LABEL,
} from '../../src/function/keys.ts';
import type { ClusterLog } from '../../src/api-server/cluster.ts';

const PER_NAMESPACE = 50;

export const quiet: ClusterLog = { info: () => undefined, warn: () => undefined };

/** @param sourceOf the source of each workload, by its index; undefined for its ConfigMap */
export function clusterWith(workloads: number, sourceOf: (index: number) => string | undefined): ApiServer {
  const namespaceOf = (index: number): string => `shop-${Math.floor(index / PER_NAMESPACE)}`;
  const deployments = Array.from({ length: workloads }, (_, index) =>
    deployment(namespaceOf(index), `function-${index}`, sourceOf(index)),
  );
  const namespaces = [...new Set(deployments.map(({ metadata }) => metadata.namespace))].map((name) => ({
    metadata: { name, resourceVersion: '1', labels: { [NAMESPACE_LABEL]: NAMESPACE_ENABLED } },
  }));
  const collections: Readonly<Record<string, readonly object[]>> = {
    '/api/v1/namespaces': namespaces,
    '/apis/apps/v1/deployments': deployments,
  };
  return {
    get: () => Promise.reject(new Error('nothing is read')),
    list: (path) => Promise.resolve({ metadata: { resourceVersion: '1' }, items: collections[path] ?? [] }),
    stream: (_, __, signal) => Promise.resolve(nothing(signal)),
    lines: (_, __, signal) => Promise.resolve(nothing(signal)),
    change: () => Promise.resolve({ metadata: { resourceVersion: '2', generation: 2 } }),
    close: () => undefined,
  };
}

/** A watch without an event, until it is ended. */
function nothing(signal: AbortSignal): AsyncIterable<never> {
  const ended = new Promise<IteratorReturnResult<undefined>>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve({ done: true, value: undefined });
    });
  });
  return { [Symbol.asyncIterator]: () => ({ next: () => ended }) };
}

const deployment = (namespace: string, name: string, source: string | undefined) => ({
  metadata: {
    namespace,
    name,
    uid: name,
    resourceVersion: '1',
    generation: 1,
    labels: { [FOLLOWED_LABEL]: '1'.repeat(40) },
  },
  spec: {
    template: {
      metadata: {
        labels: { [FUNCTION_LABEL]: name },
        annotations: {
          [ANNOTATIONS.runtime]: 'nodejs22',
          ...(source !== undefined && { [ANNOTATIONS.source]: source }),
        },
      },
      spec: { containers: [{ name: 'function', image: 'auto' }] },
    },
  },
});

/** What a review asks, answered from the API server as it is now: the report says what admission would say. */
import type { Configuration } from '../../config/configuration.ts';
import type { ReviewContext } from '../../admission/review-context.ts';
import type { SourceJudge } from '../../admission/judgement.ts';
import type { ApiServer } from '../../api-server/api-server.ts';
import type { DeniedList } from '../../denied/list.ts';
import type { Exceptions } from '../../exceptions/exceptions.ts';
import { sourceOfConfigMaps, type ConfigMapSource } from '../../function/config-maps.ts';
import type { NamespaceLabels } from '../../namespace/namespace.ts';
import { storedFiles, storedLock } from '../../revision/stored.ts';
import { readConfigMap, sourceOf, storedObject, type ReadConfigMap } from '../config-maps.ts';

export interface ContextOptions {
  readonly server: ApiServer;
  readonly judge: SourceJudge;
  readonly denied: () => DeniedList;
  readonly exceptions: () => Exceptions;
  readonly configuration: () => Configuration;
}

/** For one workload: what is read is read once. */
export function contextOf(
  { server, judge, denied, exceptions, configuration }: ContextOptions,
  labels: NamespaceLabels,
  signal: AbortSignal,
): ReviewContext {
  const known = new Map<string, Promise<ReadConfigMap | undefined>>();
  const read = (namespace: string, name: string): Promise<ReadConfigMap | undefined> => {
    const reading = known.get(name) ?? readConfigMap(server, namespace, name, signal);
    known.set(name, reading);
    return reading;
  };
  return {
    configuration,
    judge,
    denied,
    exceptions,
    namespaceLabels: () => Promise.resolve(labels),
    // It is a cluster; who runs in it is not asked.
    pods: () => Promise.resolve(undefined),
    readSource: async (namespace, reference) => {
      if (reference.type !== 'configmap') return { type: 'opaque' };
      const parts: ConfigMapSource[] = [];
      for (const name of reference.names) {
        const found = await read(namespace, name);
        if (found === undefined) return { type: 'missing', name };
        parts.push(sourceOf(found));
      }
      return sourceOfConfigMaps(parts);
    },
    revisions: {
      isFollowed: () => true,
      files: async (namespace, name) => {
        const found = await read(namespace, name);
        return found === undefined ? { type: 'missing' } : storedFiles(name, storedObject(found));
      },
      lock: async (namespace, name) => {
        const found = await read(namespace, name);
        return found === undefined ? { type: 'missing' } : storedLock(name, storedObject(found));
      },
    },
  };
}

/** What a review asks, answered from ConfigMaps as they are now: the report says what admission would say. */
import type { Configuration } from '../../config/configuration.ts';
import type { ReviewContext } from '../../admission/review-context.ts';
import type { SourceJudge } from '../../admission/judgement.ts';
import type { DeniedList } from '../../denied/list.ts';
import type { Exceptions } from '../../exceptions/exceptions.ts';
import { sourceOfConfigMaps, type ConfigMapSource } from '../../function/config-maps.ts';
import type { NamespaceLabels } from '../../namespace/namespace.ts';
import { storedFiles, storedLock } from '../../revision/stored.ts';
import { storedObject } from '../config-maps.ts';
import type { ReadOnce } from '../read-once.ts';

export interface ContextOptions {
  readonly judge: SourceJudge;
  readonly denied: () => DeniedList;
  readonly exceptions: () => Exceptions;
  readonly configuration: () => Configuration;
}

export function contextOf(
  { judge, denied, exceptions, configuration }: ContextOptions,
  labels: NamespaceLabels,
  read: ReadOnce,
): ReviewContext {
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
        const found = await read.source(namespace, name);
        if (found === undefined) return { type: 'missing', name };
        parts.push(found);
      }
      return sourceOfConfigMaps(parts);
    },
    revisions: {
      isFollowed: () => true,
      files: async (namespace, name) => {
        const found = await read.object(namespace, name);
        return found === undefined ? { type: 'missing' } : storedFiles(name, storedObject(found));
      },
      lock: async (namespace, name) => {
        const found = await read.object(namespace, name);
        return found === undefined ? { type: 'missing' } : storedLock(name, storedObject(found));
      },
    },
  };
}

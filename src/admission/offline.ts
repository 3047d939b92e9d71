import type { Configuration } from '../config/configuration.ts';
import { tableOfConfigured } from '../denied/inline.ts';
import { joinTables } from '../denied/list.ts';
import { NO_EXCEPTIONS, type Exceptions } from '../exceptions/exceptions.ts';
import { sourceOfConfigMaps, type ConfigMapSource } from '../function/config-maps.ts';
import { labelsOf, type KubernetesObject } from '../kubernetes/object.ts';
import { configMapData, sourceOf } from '../manifests/config-map-source.ts';
import { indexResources, type Resources } from '../manifests/resources.ts';
import { storedFiles, storedLock, TAKEN, type StoredObject } from '../revision/stored.ts';
import { createOfflineJudge } from './judgement.ts';
import type { NotStored, Revisions } from './revisions.ts';
import type { ReviewContext } from './review-context.ts';

/**
 * Answers a review's questions from the input alone: what is not in it is missing.
 *
 * @param defaultNamespace of objects that name none
 * @param exceptions that apply today; none by default
 */
export function offlineContext(
  documents: readonly { readonly object: KubernetesObject }[],
  configuration: Configuration,
  defaultNamespace = 'default',
  exceptions: Exceptions = NO_EXCEPTIONS,
): ReviewContext {
  const resources = indexResources(documents, defaultNamespace);
  const sources = new Map<KubernetesObject, ConfigMapSource>();
  const denied = joinTables([tableOfConfigured(configuration.dependencies.denied)]);
  return {
    configuration: () => configuration,
    namespaceLimits: resources.limits,
    namespaceLabels: (name) => {
      const namespace = resources.namespace(name);
      return Promise.resolve(namespace === undefined ? {} : labelsOf(namespace));
    },
    readSource: (namespace, reference) => {
      if (reference.type !== 'configmap') return Promise.resolve({ type: 'opaque' });
      const read = reference.names.map((name): ConfigMapSource => {
        const configMap = resources.configMap(namespace, name);
        if (configMap === undefined) return { type: 'missing', name };
        const source = sources.get(configMap) ?? sourceOf(configMap);
        sources.set(configMap, source);
        return source;
      });
      return Promise.resolve(sourceOfConfigMaps(read));
    },
    ...(resources.hasRevisions && { revisions: revisionsOf(resources) }),
    judge: createOfflineJudge(),
    denied: () => denied,
    exceptions: () => exceptions,
  };
}

/** What the input has of them; no controller makes others. */
function revisionsOf(resources: Resources): Revisions {
  const read = <Wanted>(
    namespace: string,
    name: string,
    parse: (name: string, object: StoredObject) => Wanted | NotStored,
  ): Promise<Wanted | NotStored> => {
    const object = resources.configMap(namespace, name);
    if (object === undefined) return Promise.resolve({ type: 'missing' });
    const data = configMapData(name, object);
    const stored = { labels: labelsOf(object), immutable: object.immutable === true };
    return Promise.resolve('findings' in data ? TAKEN : parse(name, { ...stored, ...data }));
  };
  return {
    isFollowed: () => false,
    files: (namespace, name) => read(namespace, name, storedFiles),
    lock: (namespace, name) => read(namespace, name, storedLock),
  };
}

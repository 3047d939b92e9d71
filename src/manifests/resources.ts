import { createOfflineJudge } from '../admission/judgement.ts';
import type { NotStored, Revisions } from '../admission/revisions.ts';
import type { Surroundings } from '../admission/surroundings.ts';
import type { Configuration } from '../config/configuration.ts';
import { digestOf, filesOfConfigMap, type ConfigMapData } from '../function/files.ts';
import { sourceOfConfigMaps, type ConfigMapSource } from '../function/config-maps.ts';
import { FUNCTION_LABEL, REFRESH_ANNOTATION, REVISION_OF_LABEL } from '../function/keys.ts';
import { mergeLimits, parseLimits, type NamespaceLimits } from '../namespace/limits.ts';
import type { Finding } from '../outcome/finding.ts';
import type { FieldPath } from '../outcome/place.ts';
import { refreshOf } from '../function/source-state.ts';
import { storedFiles, storedLock, TAKEN, type StoredObject } from '../revision/stored.ts';
import { inKibibytes, LARGEST_CONFIG_MAP, sizeOfConfigMap } from './config-map-size.ts';
import {
  groupOf,
  isList,
  isObject,
  kindOf,
  labelsOf,
  annotationsOf,
  nameOf,
  namespaceOf,
  type KubernetesObject,
} from '../kubernetes/object.ts';

/** The objects of the input that others refer to by name. */
export interface Resources {
  readonly configMap: (namespace: string, name: string) => KubernetesObject | undefined;
  readonly secret: (namespace: string, name: string) => KubernetesObject | undefined;
  readonly namespace: (name: string) => KubernetesObject | undefined;
  /** Whether any ConfigMap is a revision. */
  readonly hasRevisions: boolean;
  /** Of the LimitRanges and ResourceQuotas of a namespace. */
  readonly limits: (namespace: string) => NamespaceLimits;
}

const LIMITING = ['LimitRange', 'ResourceQuota'] as const;

/** The objects of documents, those inside of Lists one by one. */
function objectsOf(documents: readonly { readonly object: KubernetesObject }[]): readonly KubernetesObject[] {
  const flatten = (object: KubernetesObject): readonly KubernetesObject[] =>
    isList(object) ? object.items.filter(isObject).flatMap(flatten) : [object];
  return documents.flatMap(({ object }) => flatten(object));
}

/**
 * Indexes ConfigMaps, Secrets and Namespaces. Of two with the same name the last one holds, as when they are applied in order.
 *
 * @param defaultNamespace of objects that name none
 */
export function indexResources(
  documents: readonly { readonly object: KubernetesObject }[],
  defaultNamespace = 'default',
): Resources {
  const index = new Map<string, KubernetesObject>();
  for (const object of objectsOf(documents)) {
    if (groupOf(object) !== '') continue;
    const namespace = kindOf(object) === 'Namespace' ? '' : (namespaceOf(object) ?? defaultNamespace);
    index.set(`${kindOf(object)}/${namespace}/${nameOf(object)}`, object);
  }
  return {
    configMap: (namespace, name) => index.get(`ConfigMap/${namespace}/${name}`),
    secret: (namespace, name) => index.get(`Secret/${namespace}/${name}`),
    namespace: (name) => index.get(`Namespace//${name}`),
    hasRevisions: [...index.values()].some(
      (object) => kindOf(object) === 'ConfigMap' && REVISION_OF_LABEL in labelsOf(object),
    ),
    limits: (namespace) =>
      mergeLimits(
        LIMITING.flatMap((kind) =>
          [...index]
            .filter(([key]) => key.startsWith(`${kind}/${namespace}/`))
            .map(([, object]) => parseLimits(kind, nameOf(object), object)),
        ),
      ),
  };
}

/**
 * Answers a review's questions from the input alone: what is not in it is missing.
 *
 * @param defaultNamespace of objects that name none
 */
export function surroundingsOf(
  documents: readonly { readonly object: KubernetesObject }[],
  configuration: Configuration,
  defaultNamespace = 'default',
): Surroundings {
  const resources = indexResources(documents, defaultNamespace);
  const sources = new Map<KubernetesObject, ConfigMapSource>();
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

/** The Function's name on a Pod, a template or a ConfigMap; undefined where it is none. */
export const functionLabelOf = (object: KubernetesObject): string | undefined => labelsOf(object)[FUNCTION_LABEL];

/** A ConfigMap as the source of a Function. */
function sourceOf(configMap: KubernetesObject): ConfigMapSource {
  const name = nameOf(configMap);
  const data = configMapData(name, configMap);
  const read = 'findings' in data ? data : filesOfConfigMap(name, data);
  if ('findings' in read) return { type: 'invalid', findings: read.findings };
  return {
    type: 'files',
    name,
    files: read.files,
    digest: digestOf(read.files),
    labelled: functionLabelOf(configMap) !== undefined,
    refresh: refreshOf(annotationsOf(configMap)[REFRESH_ANNOTATION]),
  };
}

/** Checks what the API server would: that data and binaryData hold texts, and base64 where it must be. */
function configMapData(
  name: string,
  configMap: KubernetesObject,
): ConfigMapData | { readonly findings: readonly Finding[] } {
  const object = { kind: 'ConfigMap', name } as const;
  const findings: Finding[] = [];
  const entriesOf = (field: 'data' | 'binaryData'): Record<string, string> => {
    const value = configMap[field];
    const entries: [string, string][] = [];
    const refuse = (at: FieldPath, problem: string, fix: string): void => {
      findings.push({ code: 'source-invalid', object, field: [field, ...at], problem, fix });
    };
    if (value !== undefined && value !== null && !isObject(value))
      refuse([], `${field} is not a map`, 'write file names and texts below it');
    for (const [key, written] of Object.entries(isObject(value) ? value : {})) {
      // The API server reads null as the empty string.
      const text = written ?? '';
      if (typeof text !== 'string')
        refuse([{ key }], 'the value is not a string', 'put it in quotes, or write it as a block with "|"');
      else if (field === 'binaryData' && !BASE64.test(text))
        refuse([{ key }], 'the value is not base64', 'encode the file with base64');
      else entries.push([key, text]);
    }
    return Object.fromEntries(entries);
  };
  const data = { data: entriesOf('data'), binaryData: entriesOf('binaryData') };
  const size = sizeOfConfigMap(configMap);
  if (size > LARGEST_CONFIG_MAP) {
    findings.push({
      code: 'source-invalid',
      object,
      field: ['data'],
      problem: `the ConfigMap has ${inKibibytes(size)}, and Kubernetes allows ${inKibibytes(LARGEST_CONFIG_MAP)}`,
      fix: 'divide it (buildless.dev/source: configmap:A+B), move the source into a Git repository, or take out what the Function does not need',
    });
  }
  return findings.length > 0 ? { findings } : data;
}

const BASE64 = /^(?:[A-Za-z0-9+/\s]{2,}(?:={1,2}\s*)?)?$/;

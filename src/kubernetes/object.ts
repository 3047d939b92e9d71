import { isJsonObject, type JsonObject } from '../json/object.ts';

/** A Kubernetes object as JSON has it; fields are checked where they are used. */
export type KubernetesObject = JsonObject;

export const isObject: (value: unknown) => value is KubernetesObject = isJsonObject;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export const kindOf = (object: KubernetesObject): string => textOf(object.kind) ?? '';

/**
 * The API group, without the version: two kinds of one name differ by it.
 *
 * @example groupOf({ apiVersion: 'apps/v1' }) // 'apps'
 * @example groupOf({ apiVersion: 'v1' }) // ''
 */
export function groupOf(object: KubernetesObject): string {
  const [group, version] = (textOf(object.apiVersion) ?? '').split('/', 2);
  return version === undefined ? '' : (group ?? '');
}

const metadataOf = (object: KubernetesObject): KubernetesObject => (isObject(object.metadata) ? object.metadata : {});

/** `metadata.name`, or `metadata.generateName` as kubectl shows it. */
export function nameOf(object: KubernetesObject): string {
  const metadata = metadataOf(object);
  const prefix = textOf(metadata.generateName);
  return textOf(metadata.name) ?? (prefix === undefined ? '' : `${prefix}*`);
}

/** `metadata.namespace`; undefined if the file leaves it to whoever applies it. */
export const namespaceOf = (object: KubernetesObject): string | undefined => textOf(metadataOf(object).namespace);

/** The labels whose values are texts, as the API allows no others. */
export const labelsOf = (object: KubernetesObject): Readonly<Record<string, string>> =>
  textsOf(metadataOf(object).labels);

/** The annotations, in the same way. */
export const annotationsOf = (object: KubernetesObject): Readonly<Record<string, string>> =>
  textsOf(metadataOf(object).annotations);

function textsOf(map: unknown): Readonly<Record<string, string>> {
  const entries = isObject(map) ? Object.entries(map) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Whether an object is a List, whose items are objects of their own: `v1 List` or a typed one such as DeploymentList. */
export const isList = (object: KubernetesObject): object is KubernetesObject & { readonly items: readonly unknown[] } =>
  kindOf(object).endsWith('List') && Array.isArray(object.items);

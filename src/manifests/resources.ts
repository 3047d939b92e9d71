import { REVISION_OF_LABEL } from '../function/keys.ts';
import {
  groupOf,
  isList,
  isObject,
  kindOf,
  labelsOf,
  nameOf,
  namespaceOf,
  type KubernetesObject,
} from '../kubernetes/object.ts';
import { mergeLimits, parseLimits, type NamespaceLimits } from '../namespace/limits.ts';

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

import type { ManifestDocument } from './documents.ts';
import { groupOf, isList, isObject, kindOf, nameOf, namespaceOf, type KubernetesObject } from '../kubernetes/object.ts';
import type { Path } from './templates.ts';

/** An object of the input and where it stands. */
export interface LocatedObject {
  readonly document: ManifestDocument;
  /** From the document's root; empty if it is not an item of a List. */
  readonly path: Path;
  readonly object: KubernetesObject;
  /** Empty for a Namespace. */
  readonly namespace: string;
  readonly name: string;
}

export interface LocatedObjects {
  /** Objects of a core kind, each name once. */
  readonly all: (kind: 'ConfigMap' | 'Namespace') => readonly LocatedObject[];
  readonly find: (kind: 'ConfigMap' | 'Namespace', namespace: string, name: string) => LocatedObject | undefined;
}

/**
 * Finds the ConfigMaps and Namespaces of the input. Of two with the same name the last one holds, as when they are applied
 * in order.
 *
 * @param defaultNamespace of objects that name none
 */
export function locateObjects(documents: readonly ManifestDocument[], defaultNamespace: string): LocatedObjects {
  const index = new Map<string, LocatedObject>();
  const visit = (document: ManifestDocument, object: KubernetesObject, path: Path): void => {
    if (isList(object)) {
      object.items.forEach((item, position) => {
        if (isObject(item)) visit(document, item, [...path, 'items', position]);
      });
    } else if (groupOf(object) === '') {
      const kind = kindOf(object);
      const name = nameOf(object);
      const namespace = kind === 'Namespace' ? '' : (namespaceOf(object) ?? defaultNamespace);
      index.set(`${kind}/${namespace}/${name}`, { document, path, object, namespace, name });
    }
  };
  for (const document of documents) visit(document, document.object, []);
  return {
    all: (kind) => [...index.values()].filter(({ object }) => kindOf(object) === kind),
    find: (kind, namespace, name) => index.get(`${kind}/${namespace}/${name}`),
  };
}

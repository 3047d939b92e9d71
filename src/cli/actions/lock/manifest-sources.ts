/** The sources of manifests that can be locked. */
import { sourceOf, type WantedSource } from '../../../admission/judge-pod.ts';
import type { Configuration } from '../../../config/configuration.ts';
import { FUNCTION_LABEL } from '../../../function/keys.ts';
import { parsePod } from '../../../function/pod-shape.ts';
import { formatSource, type ConfigMapReference } from '../../../function/source.ts';
import { labelsOf } from '../../../kubernetes/object.ts';
import type { ManifestDocument } from '../../../manifests/documents.ts';
import type { LocatedObjects } from '../../../manifests/located-objects.ts';
import { findTemplates, podTemplateOf } from '../../../manifests/templates.ts';

/** What is locked as one: the ConfigMaps of one reference, and the Functions that are made of them. */
export interface ManifestSource {
  readonly namespace: string;
  readonly reference: ConfigMapReference;
  readonly users: readonly WantedSource[];
  /** Labels of their Pods, or of the ConfigMap if there are none. */
  readonly labels: readonly Readonly<Record<string, string>>[];
}

/** Every source of the input's Functions, and each labelled ConfigMap that no Function of the input names, in the input's order. */
export function sourcesOf(
  documents: readonly ManifestDocument[],
  objects: LocatedObjects,
  configuration: Configuration,
  defaultNamespace: string,
): readonly ManifestSource[] {
  const sources = new Map<string, ManifestSource>();
  const named = new Set<string>();
  for (const template of documents.flatMap(({ object }) => findTemplates(object))) {
    const parsed = parsePod(podTemplateOf(template));
    const wanted = 'pod' in parsed ? sourceOf(parsed.pod, { configuration: () => configuration }) : undefined;
    if (wanted?.reference.type !== 'configmap') continue;
    const { reference } = wanted;
    const namespace = template.namespace ?? defaultNamespace;
    const key = `${namespace}/${formatSource(reference)}`;
    const { users = [], labels = [] } = sources.get(key) ?? {};
    const own = 'pod' in parsed ? (parsed.pod.metadata?.labels ?? {}) : {};
    sources.set(key, { namespace, reference, users: [...users, wanted], labels: [...labels, own] });
    for (const name of reference.names) named.add(`${namespace}/${name}`);
  }
  const alone = objects.all('ConfigMap').flatMap(({ namespace, name, object }): readonly ManifestSource[] => {
    if (named.has(`${namespace}/${name}`) || !(FUNCTION_LABEL in labelsOf(object))) return [];
    return [{ namespace, reference: { type: 'configmap', names: [name] }, users: [], labels: [labelsOf(object)] }];
  });
  const order = new Map(objects.all('ConfigMap').map(({ namespace, name }, index) => [`${namespace}/${name}`, index]));
  const positionOf = ({ namespace, reference: { names } }: ManifestSource): number =>
    Math.min(...names.map((name) => order.get(`${namespace}/${name}`) ?? Infinity));
  return [...sources.values(), ...alone].sort((one, other) => positionOf(one) - positionOf(other));
}

/**
 * The lists that deploy/base/only-policy.yaml reads, as the data of a ConfigMap: one entry a line, which CEL can split. A
 * key that is missing is an empty list, so that the policy refuses.
 */
import type { Configuration } from '../config/configuration.ts';
import { ANNOTATIONS, FUNCTION_LABEL } from '../function/keys.ts';
import { LANGUAGES } from '../function/languages.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import { INSTALL_NAMESPACE, ONLY_CONFIG_MAP, PART_OF } from './names.ts';

export function onlyParameters({ toolkit, runtimes, only }: Configuration): Readonly<Record<string, string>> {
  const rows = Object.values(runtimes);
  return {
    toolkit: lines([toolkit.image]),
    runtimes: lines(rows.map(({ image }) => image)),
    interpreters: lines(
      rows.flatMap(({ interpreter, language }) => [interpreter, ...LANGUAGES.of(language).interpreterAliases]),
    ),
    images: lines(only.images),
    'exempt-images': lines(only.exemptImages),
    'exempt-namespaces': lines(only.exemptNamespaces),
  };
}

/** Sorted and without duplicates, so that equal lists are equal texts. */
const lines = (entries: readonly string[]): string =>
  [...new Set(entries)]
    .sort()
    .map((entry) => `${entry}\n`)
    .join('');

/**
 * Whether the policy would admit a Pod as it runs, by its label and its images: what an author can tell from outside. The
 * policy itself judges more.
 */
export function allowedInOnly({ metadata, spec }: PodLike, { toolkit, runtimes, only }: Configuration): boolean {
  const images = [
    ...(spec?.containers ?? []),
    ...(spec?.initContainers ?? []),
    ...(spec?.ephemeralContainers ?? []),
  ].map(({ image = '' }) => image);
  if (images.every((image) => isListed(image, only.exemptImages))) return true;
  if (metadata?.labels?.[FUNCTION_LABEL] === undefined) return false;
  if (metadata.annotations?.[ANNOTATIONS.mode] === 'disabled') return false;
  const ours = new Set([toolkit.image, ...Object.values(runtimes).map(({ image }) => image)]);
  return images.every((image) => ours.has(image) || isListed(image, [...only.images, ...only.exemptImages]));
}

const isListed = (image: string, entries: readonly string[]): boolean =>
  entries.some((entry) => (entry.endsWith('*') ? image.startsWith(entry.slice(0, -1)) : image === entry));

/** As a manifest, with the labels that kustomize gives it: `kubectl apply` would take away what is missing. */
export function onlyConfigMap(configuration: Configuration, namespace = INSTALL_NAMESPACE): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: ONLY_CONFIG_MAP,
      namespace,
      labels: { 'app.kubernetes.io/name': 'buildless', [PART_OF.label]: PART_OF.value },
    },
    data: onlyParameters(configuration),
  };
}

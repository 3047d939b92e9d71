/**
 * The lists that deploy/base/only-policy.yaml reads, as the data of a ConfigMap: one entry a line, which CEL can split. A
 * key that is missing is an empty list, so that the policy refuses.
 */
import type { Configuration } from '../config/configuration.ts';
import type { Language } from '../function/languages.ts';
import { INSTALL_NAMESPACE, ONLY_CONFIG_MAP, PART_OF } from './names.ts';

/** Other names that the runtimes' images have for their interpreter. */
const ALSO: Readonly<Record<Language, readonly string[]>> = { nodejs: [], python: ['python'] };

export function onlyParameters({ toolkit, runtimes, only }: Configuration): Readonly<Record<string, string>> {
  const rows = Object.values(runtimes);
  return {
    toolkit: lines([toolkit.image]),
    runtimes: lines(rows.map(({ image }) => image)),
    interpreters: lines(rows.flatMap(({ interpreter, language }) => [interpreter, ...ALSO[language]])),
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

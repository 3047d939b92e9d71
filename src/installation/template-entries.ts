/**
 * The entries of the ValidatingWebhookConfiguration for the kinds that the configuration adds under `templates`, so that their
 * templates are judged when they are applied. What all entries share is as in deploy/base/validating-webhook.yaml.
 */
import type { Configuration, ConfiguredTemplate } from '../config/configuration.ts';
import { ANNOTATIONS, FUNCTION_LABEL, NAMESPACE_LABEL, OPT_INS } from '../function/keys.ts';
import { ANY_STEP } from '../function/template-kinds.ts';
import { CONFIGURATION_NAME, INSTALL_NAMESPACE, WEBHOOK_NAME, WEBHOOK_PATHS } from './names.ts';

const ENDING = '.templates.validate.buildless.dev';

/** One item of `webhooks` (admissionregistration.k8s.io/v1). */
export interface TemplateEntry {
  readonly name: string;
  readonly rules: readonly object[];
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
  readonly [field: string]: unknown;
}

/** Whether an entry is one of these, for whatever kind. */
export const isTemplateEntry = (name: string): boolean => name.endsWith(ENDING);

/** @param namespace where Buildless is installed */
export function templateEntries(
  { templates }: Pick<Configuration, 'templates'>,
  namespace: string = INSTALL_NAMESPACE,
): readonly TemplateEntry[] {
  const kinds = new Map<string, ConfiguredTemplate[]>();
  for (const each of templates) {
    const resource = `${each.resource}.${each.group === '' ? 'core' : each.group}`;
    kinds.set(resource, [...(kinds.get(resource) ?? []), each]);
  }
  return [...kinds].map(([name, rows]) => entryOf(name, rows, namespace));
}

/** As a patch for kustomize, or to be applied beside what is there: it has these entries only. */
export const templateRegistration = (configuration: Pick<Configuration, 'templates'>, namespace: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: CONFIGURATION_NAME },
  webhooks: templateEntries(configuration, namespace),
});

function entryOf(resource: string, rows: readonly ConfiguredTemplate[], namespace: string): TemplateEntry {
  const [first] = rows;
  return {
    name: `${resource}${ENDING}`,
    admissionReviewVersions: ['v1'],
    clientConfig: { service: { name: WEBHOOK_NAME, namespace, path: WEBHOOK_PATHS.validate, port: 443 } },
    rules: [
      {
        apiGroups: [first?.group ?? ''],
        apiVersions: ['*'],
        resources: [first?.resource ?? ''],
        operations: ['CREATE', 'UPDATE'],
        scope: 'Namespaced',
      },
    ],
    namespaceSelector: {
      matchExpressions: [
        { key: NAMESPACE_LABEL, operator: 'In', values: [...OPT_INS] },
        {
          key: 'kubernetes.io/metadata.name',
          operator: 'NotIn',
          values: [namespace, 'kube-system', 'kube-public', 'kube-node-lease'],
        },
      ],
    },
    matchConditions: [
      { name: 'not-a-kube-namespace', expression: "!request.namespace.startsWith('kube-')" },
      { name: 'a-function', expression: rows.map(({ path }) => anyFunction('object', path)).join(' || ') },
      {
        name: 'not-owned-by-a-controller',
        expression:
          '!has(object.metadata.ownerReferences) || ' +
          '!object.metadata.ownerReferences.exists(owner, has(owner.controller) && owner.controller)',
      },
      {
        name: 'template-is-new',
        expression: ["request.operation == 'CREATE'", ...rows.map(({ path }) => changed(path))].join(' || '),
      },
    ],
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    timeoutSeconds: 5,
    // Their Pods are judged when they are created, whether this entry is asked or not.
    failurePolicy: 'Ignore',
  };
}

/** Steps into what may not be there (https://pkg.go.dev/github.com/google/cel-go/cel#OptionalTypes). */
const into = (from: string, steps: readonly string[]): string => from + steps.map((step) => `[?'${step}']`).join('');

/** Whether a template at the path has the label and is not switched off. */
function anyFunction(from: string, path: readonly string[], depth = 0): string {
  const at = path.indexOf(ANY_STEP);
  if (at === -1) {
    const metadata = into(from, [...path, 'metadata']);
    return (
      `${into(metadata, ['labels', FUNCTION_LABEL])}.hasValue() && ` +
      `${into(metadata, ['annotations', ANNOTATIONS.mode])}.orValue('') != 'disabled'`
    );
  }
  const [all, item, key] = [`v${depth}`, `i${depth}`, `k${depth}`];
  const inner = anyFunction(item, path.slice(at + 1), depth + 1);
  // A list, or a map of which the values are meant.
  return (
    `[dyn(${into(from, path.slice(0, at))}.orValue([]))].exists(${all}, ` +
    `(type(${all}) == list ? ${all}.map(${key}, ${key}) : ${all}.map(${key}, ${all}[${key}])).exists(${item}, ${inner}))`
  );
}

function changed(path: readonly string[]): string {
  const at = path.indexOf(ANY_STEP);
  const known = at === -1 ? path : path.slice(0, at);
  return `${into('object', known)} != ${into('oldObject', known)}`;
}

import type {
  AdmissionregistrationV1WebhookClientConfig as ClientConfig,
  V1MutatingWebhookConfiguration,
  V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node';
import { FUNCTION_LABEL, NAMESPACE_ENABLED, NAMESPACE_LABEL } from '../../src/function/keys.ts';
import { eventually } from './given.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';

type Configuration = V1MutatingWebhookConfiguration | V1ValidatingWebhookConfiguration;

/** Where the API server reaches the webhook in place of its Service. */
export interface Reached {
  /** `https://HOST:PORT` */
  readonly url: string;
  /** PEM. */
  readonly ca: string;
}

const OPTED_IN = { matchLabels: { [NAMESPACE_LABEL]: NAMESPACE_ENABLED } };
const LABELLED = { matchExpressions: [{ key: FUNCTION_LABEL, operator: 'Exists' }] };
const SERVICE = { namespace: 'buildless-system', name: 'buildless' };

const CONFIGURATIONS: readonly Configuration[] = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'buildless' },
    webhooks: [
      {
        name: 'mutate.buildless.dev',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        matchPolicy: 'Equivalent',
        reinvocationPolicy: 'IfNeeded',
        timeoutSeconds: 5,
        namespaceSelector: OPTED_IN,
        objectSelector: LABELLED,
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'], scope: 'Namespaced' },
        ],
        clientConfig: { service: { ...SERVICE, path: '/mutate' } },
      },
    ],
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'buildless' },
    webhooks: [
      {
        name: 'validate.buildless.dev',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        timeoutSeconds: 5,
        namespaceSelector: OPTED_IN,
        objectSelector: LABELLED,
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'], scope: 'Namespaced' },
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            resources: ['configmaps'],
            operations: ['CREATE', 'UPDATE'],
            scope: 'Namespaced',
          },
        ],
        clientConfig: { service: { ...SERVICE, path: '/validate' } },
      },
    ],
  },
];

/** A reference to a Service becomes a URL, as no Service reaches a process on this machine. */
function reachedBy({ url, ca }: Reached, { service }: ClientConfig): ClientConfig {
  return { url: `${url}${service?.path ?? ''}`, caBundle: Buffer.from(ca).toString('base64') };
}

/** Registers the webhook, and waits until the API server calls both halves of it. */
export async function register(reached: Reached): Promise<() => Promise<void>> {
  const items = CONFIGURATIONS.map((configuration) => ({
    ...configuration,
    webhooks: (configuration.webhooks ?? []).map((webhook) => ({
      ...webhook,
      clientConfig: reachedBy(reached, webhook.clientConfig),
    })),
  }));
  const list = { apiVersion: 'v1', kind: 'List', items };
  await kubectlOk(['apply', '-f', '-'], list);
  await untilCalled();
  return async () => {
    await kubectlOk(['delete', '--ignore-not-found', '-f', '-'], list);
  };
}

/** Both halves refuse a Function without a runtime; only the validating one refuses a bad ConfigMap. */
async function untilCalled(): Promise<void> {
  const namespace = await createNamespace({ [NAMESPACE_LABEL]: NAMESPACE_ENABLED });
  const api = coreApi();
  const metadata = { name: 'probe', labels: { [FUNCTION_LABEL]: 'probe' } };
  const refusalOf = (call: Promise<unknown>): Promise<string> => call.then(() => 'not refused', String);
  const dryRun = 'All';
  await eventually(
    () =>
      refusalOf(
        api.createNamespacedPod({
          namespace,
          dryRun,
          body: { metadata, spec: { containers: [{ name: 'a', image: 'a:1' }] } },
        }),
      ),
    (message) => message.includes('mutate.buildless.dev') && message.includes('is refused'),
  );
  await eventually(
    () => refusalOf(api.createNamespacedConfigMap({ namespace, dryRun, body: { metadata, data: { 'a..': 'x' } } })),
    (message) => message.includes('is refused'),
  );
  await api.deleteNamespace({ name: namespace });
}

import type {
  AdmissionregistrationV1WebhookClientConfig as ClientConfig,
  V1MutatingWebhookConfiguration,
  V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node';
import { FUNCTION_LABEL, NAMESPACE_ENABLED, NAMESPACE_LABEL } from '../../src/function/keys.ts';
import { at, installed } from '../installation/shipped.ts';
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

const isConfiguration = (object: unknown): object is Configuration =>
  ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].includes(String(at(object, 'kind')));

/** A reference to the Service becomes a URL, as no Service reaches a process of this machine; all else is as shipped. */
function reachedBy({ url, ca }: Reached, { service }: ClientConfig): ClientConfig {
  return { url: `${url}${service?.path ?? ''}`, caBundle: Buffer.from(ca).toString('base64') };
}

/** The webhook configurations of deploy/install.yaml, with the webhook where it is reached. */
export function configurations(reached: Reached): readonly Configuration[] {
  return installed()
    .filter(isConfiguration)
    .map((configuration) => ({
      ...configuration,
      webhooks: (configuration.webhooks ?? []).map((webhook) => ({
        ...webhook,
        clientConfig: reachedBy(reached, webhook.clientConfig),
      })),
    }));
}

/** Registers the webhook, and waits until the API server calls both halves of it. */
export async function register(reached: Reached): Promise<() => Promise<void>> {
  const list = { apiVersion: 'v1', kind: 'List', items: configurations(reached) };
  await kubectlOk(['apply', '-f', '-'], list);
  await untilCalled();
  return async () => {
    await kubectlOk(['delete', '--ignore-not-found', '-f', '-'], list);
  };
}

/** The mutating half refuses a Function without a runtime; only the validating one a ConfigMap with a bad key. */
async function untilCalled(): Promise<void> {
  const namespace = await createNamespace({ [NAMESPACE_LABEL]: NAMESPACE_ENABLED });
  const api = coreApi();
  const metadata = { name: 'probe', labels: { [FUNCTION_LABEL]: 'probe' } };
  const pod = { metadata, spec: { containers: [{ name: 'a', image: 'a:1' }] } };
  const refusalOf = (call: Promise<unknown>): Promise<string> => call.then(() => 'not refused', String);
  await eventually(
    () => refusalOf(api.createNamespacedPod({ namespace, dryRun: 'All', body: pod })),
    (message) => message.includes('mutate.buildless.dev') && message.includes('is refused'),
  );
  await eventually(
    () =>
      refusalOf(api.createNamespacedConfigMap({ namespace, dryRun: 'All', body: { metadata, data: { 'a..': 'x' } } })),
    (message) => message.includes('is refused'),
  );
  await api.deleteNamespace({ name: namespace });
}

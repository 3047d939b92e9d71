import { NAMESPACE_ENABLED, NAMESPACE_LABEL } from '../../src/function/keys.ts';
import { cluster, type Opened } from './given.ts';
import { register } from './registration.ts';
import { createCertificates, startWebhook, type Certificates, type Webhook, type WebhookOptions } from './webhook.ts';

/** Labels of a namespace that opts in. */
export const OPTED_IN = { [NAMESPACE_LABEL]: NAMESPACE_ENABLED } as const;
/** Labels of one that also has Pod Security refuse whatever is not restricted. */
export const RESTRICTED = {
  ...OPTED_IN,
  'pod-security.kubernetes.io/enforce': 'restricted',
} as const;

/** The webhook as a process of this machine, registered with the cluster. */
export interface Installed {
  readonly certificates: Certificates;
  /** The one that runs now. */
  webhook(): Webhook;
  /** Starts it anew at the same address, after a stop. */
  start(options?: Partial<WebhookOptions>): Promise<Webhook>;
}

/** Installs the webhook for a test file: one process, no Service before it. */
export async function installWebhook(options: Partial<WebhookOptions> = {}): Promise<Opened<Installed>> {
  const certificates = await createCertificates();
  const common = { kubeconfig: cluster().kubeconfig, certificates, ...options };
  let webhook = await startWebhook(common);
  const { tlsPort } = webhook;
  const unregister = await register({ url: `https://127.0.0.1:${tlsPort}`, ca: certificates.ca });
  return {
    value: {
      certificates,
      webhook: () => webhook,
      async start(more = {}) {
        webhook = await startWebhook({ ...common, tlsPort, ...more });
        return webhook;
      },
    },
    async close() {
      await unregister();
      await webhook.stop();
      certificates.remove();
    },
  };
}

import { CoordinationV1Api, KubeConfig, V1MicroTime } from '@kubernetes/client-node';
import { CONTROL_NAME } from '../../src/installation/names.ts';
import { cluster, type Opened } from './given.ts';
import { installWebhook, type Installed } from './installed.ts';
import { createNamespace } from './kubectl.ts';

const LEASE_SECONDS = 4;
const RENEWED_MILLISECONDS = 1000;

/** The Lease of a controller that does nothing else. */
export interface HeldLease {
  readonly namespace: string;
  /** As a controller that was killed: the Lease stays as it is. */
  abandon(): void;
  renew(): Promise<void>;
}

/** Holds the Lease in a namespace of its own, for tests of what the webhook does alone. */
async function holdLease(): Promise<Opened<HeldLease>> {
  const namespace = await createNamespace();
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  const api = config.makeApiClient(CoordinationV1Api);
  const name = CONTROL_NAME;
  const spec = (): object => ({
    holderIdentity: 'a-test',
    leaseDurationSeconds: LEASE_SECONDS,
    renewTime: new V1MicroTime(),
  });
  await api.createNamespacedLease({ namespace, body: { metadata: { name }, spec: spec() } });
  let timer: NodeJS.Timeout | undefined;
  const update = async (): Promise<void> => {
    const lease = await api.readNamespacedLease({ namespace, name });
    await api.replaceNamespacedLease({ namespace, name, body: { ...lease, spec: spec() } });
  };
  const abandon = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const renew = async (): Promise<void> => {
    await update();
    timer ??= setInterval(() => void update().catch(() => undefined), RENEWED_MILLISECONDS);
  };
  await renew();
  return {
    value: { namespace, abandon, renew },
    close: () => {
      abandon();
      return Promise.resolve();
    },
  };
}

/** The webhook and a Lease, and no controller: what is stored is stored by the test. */
export async function installWithLease(): Promise<Opened<Installed & { readonly lease: HeldLease }>> {
  const lease = await holdLease();
  const webhook = await installWebhook({ leaseNamespace: lease.value.namespace });
  return {
    value: { ...webhook.value, lease: lease.value },
    close: async () => {
      await webhook.close();
      await lease.close();
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import { DiscoveryV1Api, KubeConfig, type V1EndpointSlice } from '@kubernetes/client-node';
import { cluster } from '../cluster/given.ts';

/**
 * For how long a proxy of a cluster goes on with what it knew: kube-proxy may wait for a second between two changes of its
 * rules (`minSyncPeriod`, kubernetes.io/docs/reference/networking/virtual-ips), and the changes of a rollout come in pairs.
 */
const BEHIND_MILLISECONDS = 1000;
const ASK_AGAIN_MILLISECONDS = 50;

export interface Endpoints {
  /** Addresses of Pods, one after the other. */
  next(): string;
  /** @throws where they could not be followed up to now */
  stop(): Promise<void>;
}

/** What kube-proxy, which the node of the tests lacks, knows of a Service: its ready endpoints of a second ago. */
export async function followEndpoints(namespace: string, service: string): Promise<Endpoints> {
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  const api = config.makeApiClient(DiscoveryV1Api);
  const labelSelector = `kubernetes.io/service-name=${service}`;
  const ask = async (): Promise<readonly string[]> =>
    readyAddresses((await api.listNamespacedEndpointSlice({ namespace, labelSelector })).items);

  let known = await ask();
  let turn = 0;
  let following = true;
  const follow = async (): Promise<void> => {
    while (following) {
      const addresses = await ask();
      setTimeout(() => (known = addresses), BEHIND_MILLISECONDS);
      await delay(ASK_AGAIN_MILLISECONDS);
    }
  };
  const followed = follow();
  // Told to whom stops it.
  followed.catch(() => undefined);
  return {
    next() {
      turn += 1;
      const address = known[turn % known.length];
      if (address === undefined) throw new Error(`the Service ${service} has no ready endpoint`);
      return address;
    },
    async stop() {
      following = false;
      await followed;
    },
  };
}

const readyAddresses = (slices: readonly V1EndpointSlice[]): readonly string[] =>
  slices
    // The client says that there is always a list; the API server leaves out an empty one.
    .flatMap(({ endpoints }: Partial<V1EndpointSlice>) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready === true)
    .flatMap(({ addresses }) => addresses);

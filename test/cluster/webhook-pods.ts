import { PatchStrategy, setHeaderOptions, type V1Pod } from '@kubernetes/client-node';
import { INSTALL_NAMESPACE, POD_LABELS } from '../../src/installation/names.ts';
import { coreApi } from './kubectl.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import type { Webhook } from './webhook.ts';

const NODE = 'node-of-the-webhook';
const SELECTOR = Object.entries(POD_LABELS)
  .map(([key, value]) => `${key}=${value}`)
  .join(',');

export interface WebhookPods {
  /** Images of the Pods that there are, once none is about to come or go. */
  readonly settled: () => readonly string[] | undefined;
  stop(): Promise<void>;
}

/**
 * In place of a kubelet, for the Pods of the webhook's Deployment: a process of this machine for each, Ready when it is, told to
 * end when the Pod is, and gone with it. The Service learns of both as fast as it does in a cluster.
 *
 * @param start the webhook of an image
 * @param podPort of the replicas on addresses of their own, that they reach each other at
 */
export async function runWebhookPods(
  service: TcpProxy,
  start: (image: string) => Promise<Webhook>,
  podPort?: number,
): Promise<WebhookPods> {
  const api = coreApi();
  const namespace = INSTALL_NAMESPACE;
  const running = new Map<
    string,
    { readonly webhook: Webhook; readonly image: string; readonly own?: TcpProxy; ending: boolean }
  >();
  let addresses = 0;
  const work = new Set<Promise<void>>();
  const taken = new Set<string>();
  let images: readonly string[] | undefined;
  let over = false;
  await api.createNode({ body: { metadata: { name: NODE } } });

  const update = (): void => {
    service.use([...running.values()].filter(({ ending }) => !ending).map(({ webhook }) => webhook.tlsPort));
  };
  const imageOf = (pod: V1Pod): string => pod.spec?.containers[0]?.image ?? '';

  const bring = async (name: string, image: string): Promise<void> => {
    const target = { kind: 'Node', name: NODE };
    await api.createNamespacedPodBinding({ namespace, name, body: { metadata: { name }, target } });
    const webhook = await start(image);
    const address = `127.1.0.${(addresses += 1)}`;
    const own = podPort === undefined ? undefined : await openTcpProxy({ address, port: podPort });
    own?.use([webhook.tlsPort]);
    running.set(name, { webhook, image, ...(own && { own }), ending: false });
    const condition = { type: 'Ready', status: 'True' };
    await api.patchNamespacedPodStatus(
      {
        namespace,
        name,
        body: { status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }], conditions: [condition] } },
      },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    update();
  };
  const end = async (name: string): Promise<void> => {
    const found = running.get(name);
    if (found === undefined) return;
    found.ending = true;
    const stopped = found.webhook.stop();
    update();
    await stopped;
    await found.own?.close();
    running.delete(name);
    await api.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 }).catch(() => undefined);
  };
  const begin = (promise: Promise<void>): void => {
    work.add(promise);
    void promise.finally(() => work.delete(promise));
  };

  const follow = async (): Promise<void> => {
    while (!over) {
      const { items } = await api.listNamespacedPod({ namespace, labelSelector: SELECTOR });
      for (const pod of items) {
        const name = pod.metadata?.name ?? '';
        if (pod.metadata?.deletionTimestamp !== undefined) {
          if (running.get(name)?.ending === false) begin(end(name));
        } else if (!taken.has(name)) {
          taken.add(name);
          begin(bring(name, imageOf(pod)));
        }
      }
      images = work.size === 0 && items.length === running.size ? items.map(imageOf) : undefined;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const loop = follow();
  return {
    settled: () => images,
    async stop() {
      over = true;
      await loop;
      await Promise.all(work);
      await Promise.all([...running.keys()].map(end));
      await api.deleteNode({ name: NODE });
    },
  };
}

import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { coreApi } from './kubectl.ts';

/** In place of a kubelet, for workloads that wait for their Pods: each is Ready as soon as it is there. */
export function keepPodsReady(namespace: string): { stop(): Promise<void> } {
  const api = coreApi();
  const end = new AbortController();
  const condition = { type: 'Ready', status: 'True' };
  const body = { status: { phase: 'Running', conditions: [condition] } };
  const working = (async () => {
    while (!end.signal.aborted) {
      const { items } = await api.listNamespacedPod({ namespace });
      const waiting = items.filter(({ status }) => status?.phase !== 'Running');
      await Promise.all(
        waiting.map(({ metadata }) =>
          api
            .patchNamespacedPodStatus(
              { namespace, name: metadata?.name ?? '', body },
              setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
            )
            // Deleted since.
            .catch(() => undefined),
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    async stop() {
      end.abort();
      await working;
    },
  };
}

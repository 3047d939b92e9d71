/**
 * In place of what this cluster does not have: kubelets (keepPodsReady), the network layer that makes an Ingress of Knative work, and
 * the autoscaler. They write the status that Knative's own controllers wait for, and nothing else.
 * Source: knative.dev/networking v1alpha1 ingress_lifecycle.go, knative.dev/serving autoscaling/v1alpha1 pa_lifecycle.go
 */
import { ApiException, CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { isObject, type KubernetesObject } from '../../../src/kubernetes/object.ts';
import { valueAt } from '../../../src/manifests/templates.ts';
import { cluster } from '../../cluster/given.ts';
import { keepPodsReady } from '../../cluster/ready-pods.ts';

interface Kind {
  readonly group: string;
  readonly plural: string;
  readonly status: (object: KubernetesObject) => object;
}

const VERSION = 'v1alpha1';
const isTrue = (...types: readonly string[]): readonly object[] =>
  types.map((type) => ({ type, status: 'True', lastTransitionTime: new Date().toISOString() }));
const BALANCER = { ingress: [{ domainInternal: 'network.of.the.test' }] };

const KINDS: readonly Kind[] = [
  {
    group: 'networking.internal.knative.dev',
    plural: 'ingresses',
    status: () => ({
      conditions: isTrue('LoadBalancerReady', 'NetworkConfigured', 'Ready'),
      publicLoadBalancer: BALANCER,
      privateLoadBalancer: BALANCER,
    }),
  },
  {
    group: 'autoscaling.internal.knative.dev',
    plural: 'podautoscalers',
    status: (object) => {
      const name = String(valueAt(object, ['metadata', 'name']));
      return {
        conditions: isTrue('Active', 'Ready', 'SKSReady', 'ScaleTargetInitialized'),
        serviceName: name,
        metricsServiceName: `${name}-private`,
        desiredScale: 1,
        actualScale: 1,
      };
    },
  },
];

/** An object was deleted, or changed, meanwhile: the next round is the answer. */
const isOfTheMoment = (error: unknown): boolean => error instanceof ApiException && [404, 409].includes(error.code);

/** Everything of a namespace is ready as soon as it is there. */
export function standIn(namespace: string): { stop(): Promise<void> } {
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  const api = config.makeApiClient(CustomObjectsApi);
  const end = new AbortController();
  const makeReady = async ({ group, plural, status }: Kind): Promise<void> => {
    const all = { group, version: VERSION, namespace, plural };
    const list: unknown = await api.listNamespacedCustomObject(all);
    const items = valueAt(list, ['items']);
    for (const object of (Array.isArray(items) ? items : []).filter(isObject)) {
      const generation = valueAt(object, ['metadata', 'generation']);
      if (valueAt(object, ['status', 'observedGeneration']) === generation) continue;
      const body = { status: { observedGeneration: generation, ...status(object) } };
      const name = String(valueAt(object, ['metadata', 'name']));
      await api.patchNamespacedCustomObjectStatus(
        { ...all, name, body },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    }
  };
  const pods = keepPodsReady(namespace);
  const working = (async () => {
    while (!end.signal.aborted) {
      await Promise.all(
        KINDS.map((kind) =>
          makeReady(kind).catch((error: unknown) => {
            if (!isOfTheMoment(error)) throw error;
          }),
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  // It is thrown where it is waited for.
  working.catch(() => undefined);
  return {
    async stop() {
      end.abort();
      await Promise.all([working, pods.stop()]);
    },
  };
}

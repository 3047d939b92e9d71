import {
  KubeConfig,
  Watch,
  type CoreV1Api,
  type V1ContainerStatus,
  type V1Pod,
  type V1PodTemplateSpec,
} from '@kubernetes/client-node';

/** Moments of one Pod in milliseconds since its creation was asked for, as a watch of the API shows them. */
export interface Start {
  /** The API server has answered: admission, and writing it down. */
  admitted: number;
  scheduled?: number;
  /** Of the first init container's start; none if there is none. */
  prepareStarted?: number;
  /** Of the last init container's end. */
  initialized?: number;
  /** The Function's container runs. */
  started?: number;
  /** Ready, or completed: see {@link endOf}. */
  ended?: number;
}

/** What a start ends with: a Pod that is not restarted for ever, as that of a Job, is there to run to its end. */
export const endOf = ({ spec }: V1PodTemplateSpec): 'Ready' | 'completed' =>
  (spec?.restartPolicy ?? 'Always') === 'Always' ? 'Ready' : 'completed';

export interface Watched {
  /**
   * Creates the Pods at once. @returns what was seen of each until its end
   *
   * @param before what has to be applied first, within the time that is measured: what it gives is put on the Pods
   */
  start(
    pods: readonly V1Pod[],
    milliseconds: number,
    before?: () => Promise<V1Pod['metadata']>,
  ): Promise<readonly Start[]>;
  /** From the moment of calling until the Pod's container has restarted and is Ready again. */
  restarted(name: string, milliseconds: number): Promise<number>;
  close(): void;
}

const has = (pod: V1Pod, type: string): boolean =>
  pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

const hasEnded = (pod: V1Pod): boolean =>
  endOf(pod) === 'Ready' ? has(pod, 'Ready') : pod.status?.phase === 'Succeeded';

const begun = ({ state }: V1ContainerStatus): boolean =>
  state?.running !== undefined || state?.terminated !== undefined;

function withMetadata(
  pod: V1Pod,
  { labels, annotations, ownerReferences }: NonNullable<V1Pod['metadata']> = {},
): V1Pod {
  const { metadata } = pod;
  return {
    ...pod,
    metadata: {
      ...metadata,
      labels: { ...metadata?.labels, ...labels },
      annotations: { ...metadata?.annotations, ...annotations },
      ...(ownerReferences !== undefined && { ownerReferences }),
    },
  };
}

/** Watches the Pods of a namespace. The API's own times have seconds only; the moment at which news arrives is finer. */
export async function watchPods(kubeconfig: string, api: CoreV1Api, namespace: string): Promise<Watched> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const listeners = new Set<(pod: V1Pod) => void>();
  const request = await new Watch(config).watch(
    `/api/v1/namespaces/${namespace}/pods`,
    {},
    (_, pod: V1Pod) => {
      for (const listener of listeners) listener(pod);
    },
    () => undefined,
  );

  function until(milliseconds: number, isDone: (pod: V1Pod) => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (then: () => void): void => {
        clearTimeout(timer);
        listeners.delete(listener);
        then();
      };
      const timer = setTimeout(() => {
        end(() => {
          reject(new Error(`${what} did not come within ${milliseconds / 1000} s`));
        });
      }, milliseconds);
      const listener = (pod: V1Pod): void => {
        if (isDone(pod)) end(resolve);
      };
      listeners.add(listener);
    });
  }

  async function startOne(pod: V1Pod, milliseconds: number, metadata: Promise<V1Pod['metadata']>): Promise<Start> {
    const name = pod.metadata?.name ?? '';
    const began = performance.now();
    const start: Start = { admitted: 0 };
    const ended = until(
      milliseconds,
      (pod) => {
        if (pod.metadata?.name !== name) return false;
        const now = performance.now() - began;
        const inits = pod.status?.initContainerStatuses ?? [];
        if (has(pod, 'PodScheduled')) start.scheduled ??= now;
        if (inits.some(begun)) start.prepareStarted ??= now;
        if (inits.length > 0 && inits.every(({ state }) => state?.terminated?.exitCode === 0))
          start.initialized ??= now;
        if (pod.status?.containerStatuses?.some(begun)) start.started ??= now;
        if (!hasEnded(pod)) return false;
        start.ended ??= now;
        return true;
      },
      name,
    );
    ended.catch(() => undefined);
    await api.createNamespacedPod({ namespace, body: withMetadata(pod, await metadata) });
    start.admitted = performance.now() - began;
    await ended;
    return start;
  }

  return {
    start: (pods, milliseconds, before) => {
      const metadata = before?.() ?? Promise.resolve(undefined);
      return Promise.all(pods.map((pod) => startOne(pod, milliseconds, metadata)));
    },
    async restarted(name, milliseconds) {
      const began = performance.now();
      await until(
        milliseconds,
        (pod) =>
          pod.metadata?.name === name &&
          (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0 &&
          has(pod, 'Ready'),
        `a restart of ${name}`,
      );
      return performance.now() - began;
    },
    close: () => {
      request.abort();
    },
  };
}

import { FUNCTION_LABEL } from '../function/keys.ts';
import { LabelsUnreachable, type NamespaceLabels } from '../namespace/namespace.ts';
import { sourceOfConfigMaps, type ConfigMapSource } from '../function/config-maps.ts';
import type { Source } from '../function/source.ts';
import { apiServer, ApiError } from './api-server.ts';
import type { Cluster, ClusterLog } from './cluster.ts';
import { configMapSource } from './config-map-source.ts';
import { DeadlineError, within } from './deadline.ts';
import { followLimits } from './followed-limits.ts';
import { followLease } from './lease-follower.ts';
import { followRevisions } from './revisions.ts';
import { CONTROL_NAME } from '../installation/names.ts';
import { loadKubeConfig } from './kube-config.ts';
import { parseMetadata } from './metadata.ts';
import { followOtherVersions } from './other-versions.ts';
import { listPods } from './pods.ts';
import { Reflector } from './reflector.ts';

export interface ClusterOptions {
  /** Path; without it what loadKubeConfig finds. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly logger: ClusterLog;
  /** Namespace of the controller's Lease; without it there are no revisions. */
  readonly controller?: string;
  /** Of a GET in the middle of a review: the API server itself waits for a webhook only 5 s by default. */
  readonly deadlineMilliseconds?: number;
  /** Before the second attempt to follow the cluster after a failure. */
  readonly backoffMilliseconds?: number;
}

/**
 * Connects to the API server and begins to follow labelled ConfigMaps, all Namespaces, LimitRanges and ResourceQuotas, the
 * revisions of Functions and the Lease of the controller. It does not wait for them: see
 * `synced`. An object that is not in these copies is asked for once, within the deadline; that it is missing is never remembered, as
 * `kubectl apply` sends ConfigMap and Deployment together.
 *
 * Needs `get`, `list` and `watch` on configmaps and namespaces, `list` and `watch` on limitranges, resourcequotas and the
 * controller's Lease, and `list` on pods.
 *
 * @throws if no cluster is configured
 */
export async function connectCluster({
  kubeconfig,
  context,
  logger,
  controller,
  ...options
}: ClusterOptions): Promise<Cluster> {
  const server = apiServer(await loadKubeConfig(kubeconfig, context));
  const { deadlineMilliseconds = 2000, backoffMilliseconds } = options;
  const shared = { server, logger, ...(backoffMilliseconds !== undefined && { backoffMilliseconds }) };
  const configMaps = new Reflector<() => ConfigMapSource>({
    ...shared,
    path: '/api/v1/configmaps',
    labelSelector: FUNCTION_LABEL,
    entryOf: configMapSource,
  });
  const namespaces = new Reflector<NamespaceLabels>({
    ...shared,
    path: '/api/v1/namespaces',
    entryOf: (_, { labels }) => labels,
  });
  const limits = followLimits(shared);
  const ended = new AbortController();

  /** One object, or why there is none. */
  const ask = async (
    path: string,
  ): Promise<{ readonly object: object } | Extract<Source, { type: 'missing' | 'unreachable' }>> => {
    try {
      const object = await within(ended.signal, deadlineMilliseconds, (signal) => server.get(path, {}, signal));
      if (typeof object === 'object' && object !== null) return { object };
      return { type: 'unreachable', reason: 'the API server answered with something that is not an object' };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { type: 'missing' };
      const reason = reasonOf(error);
      logger.warn({ path, reason }, 'cannot ask the API server');
      return { type: 'unreachable', reason };
    }
  };

  const readConfigMap = async (namespace: string, name: string): Promise<ConfigMapSource> => {
    const known = configMaps.get(namespace, name);
    if (known !== undefined) return known();
    const answer = await ask(
      `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`,
    );
    if (!('object' in answer)) return answer.type === 'missing' ? { ...answer, name } : answer;
    const metadata = parseMetadata(answer.object);
    if (metadata === undefined)
      return { type: 'unreachable', reason: 'the API server answered with something that is not a ConfigMap' };
    return configMapSource(answer.object, metadata)();
  };

  configMaps.start();
  namespaces.start();
  const lease =
    controller === undefined ? undefined : followLease({ ...shared, namespace: controller, name: CONTROL_NAME });
  const revisions = lease === undefined ? undefined : followRevisions({ ...shared, ask });
  return {
    namespaceLabels: async (name) => {
      const known = namespaces.get('', name);
      if (known !== undefined) return known;
      const answer = await ask(`/api/v1/namespaces/${encodeURIComponent(name)}`);
      if ('type' in answer) return answer.type === 'missing' ? {} : new LabelsUnreachable(answer.reason);
      const labels = parseMetadata(answer.object)?.labels;
      return labels ?? new LabelsUnreachable('the API server answered with something that is not a Namespace');
    },
    readSource: async (namespace, reference) => {
      if (reference.type !== 'configmap') return { type: 'opaque' };
      return sourceOfConfigMaps(await Promise.all(reference.names.map((name) => readConfigMap(namespace, name))));
    },
    namespaceLimits: limits.of,
    ...(lease !== undefined &&
      revisions !== undefined && {
        revisions: {
          isFollowed: lease.isHeld,
          files: revisions.files,
          lock: revisions.lock,
          areStored: revisions.areStored,
          untilStored: revisions.untilStored,
        },
      }),
    pods: (namespace, selection) =>
      listPods({ server, logger, ended: ended.signal }, namespace, selection, deadlineMilliseconds),
    ...(controller !== undefined && {
      otherVersions: followOtherVersions({ server, logger, ended: ended.signal, deadlineMilliseconds }, controller),
    }),
    synced: () => configMaps.synced() && namespaces.synced() && (lease?.synced() ?? true),
    troubles: () =>
      [configMaps.problem(), namespaces.problem(), ...limits.problems(), lease?.problem(), revisions?.problem()].filter(
        (problem) => problem !== undefined,
      ),
    stop: async () => {
      ended.abort();
      await Promise.all([configMaps.stop(), namespaces.stop(), limits.stop(), lease?.stop(), revisions?.stop()]);
      server.close();
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof DeadlineError) return `the API server did not answer within ${error.milliseconds / 1000} s`;
  if (error instanceof ApiError) return `the API server answered ${error.status}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

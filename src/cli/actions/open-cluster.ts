import type { KubeConfig } from '@kubernetes/client-node';
import { apiServer, type ApiServer } from '../../api-server/api-server.ts';
import { loadKubeConfig, noClusterFor, unreachable } from '../../api-server/kube-config.ts';
import { forwardPort } from '../../api-server/port-forward.ts';
import { asker } from '../../api-server/answer.ts';
import type { Answer } from '../../api-server/answer.ts';
import type { Problem } from '../../outcome/problem.ts';
import type { Get } from '../../status/cluster-objects.ts';
import type { ClusterOptions } from '../options/cluster.ts';

const DEADLINE = 30_000;

export interface OpenCluster {
  /** Context and server, as a person knows the cluster. */
  readonly title: string;
  /** Of the context, else `default`. */
  readonly namespace: string;
  readonly get: Get;
  readonly change: (change: Parameters<ApiServer['change']>[0]) => Promise<Answer>;
  /** For what comes as a stream, and has no deadline. */
  readonly server: ApiServer;
  /** Opens a connection to a port of a Pod. */
  readonly forward: (namespace: string, pod: string, port: number) => Promise<NodeJS.ReadWriteStream>;
  readonly close: () => void;
}

/**
 * @param announce told which cluster it is before that is asked anything
 * @returns the cluster, or why it cannot be used
 */
export async function openCluster(
  { kubeconfig, context }: ClusterOptions,
  announce: (title: string) => void = () => undefined,
): Promise<OpenCluster | Problem> {
  const config = await loadKubeConfig(kubeconfig, context).catch(noClusterFor);
  if ('problem' in config) return config;
  const title = `context ${config.getCurrentContext()} (${config.getCurrentCluster()?.server ?? ''})`;
  announce(title);
  const server = apiServer(config);
  const ask = asker(DEADLINE);
  const get: Get = (path, query = {}) => ask((signal) => server.get(path, query, signal));
  const version = await get('/version');
  if (!version.ok && version.status === 0) {
    server.close();
    return unreachable(version.message);
  }
  return {
    title,
    namespace: namespaceOf(config),
    get,
    change: (change) => ask((signal) => server.change(change, signal)),
    server,
    forward: (namespace, pod, port) => forwardPort(config, namespace, pod, port),
    close: server.close,
  };
}

const namespaceOf = (config: KubeConfig): string =>
  config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';

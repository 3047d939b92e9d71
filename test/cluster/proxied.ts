import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { certificateOf } from './certificate-of.ts';
import { cluster } from './given.ts';
import { writeKubeconfig } from './kubernetes/kubeconfig.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** A kubeconfig that reaches the API server through a proxy. @returns its path, and the port of the API server itself */
export function kubeconfigThrough(
  proxy: Pick<TcpProxy, 'port'>,
  folder: string,
): { readonly kubeconfig: string; readonly port: number } {
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  const server = config.getCurrentCluster();
  const token = config.getCurrentUser()?.token;
  if (server === null || token === undefined) throw new Error('the kubeconfig has no token');
  const kubeconfig = writeKubeconfig(path.join(folder, 'kubeconfig'), {
    server: `https://127.0.0.1:${proxy.port}`,
    ca: certificateOf(server),
    token,
  });
  return { kubeconfig, port: Number(new URL(server.server).port) };
}

import type { KubeConfig } from '@kubernetes/client-node';

/**
 * Finds the API server and the credentials: the given file, else `KUBECONFIG`, `~/.kube/config`, or the service account of
 * the Pod. Loads @kubernetes/client-node, which costs half a second: only `serve` may come here.
 *
 * @throws if there is nothing to find, or the file is bad; the message is for whoever started the command
 */
export async function loadKubeConfig(kubeconfig?: string, context?: string): Promise<KubeConfig> {
  const named = kubeconfig ?? process.env.KUBECONFIG;
  const title = named === undefined || named === '' ? 'the kubeconfig' : `the kubeconfig ${named}`;
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new Error(`${title} cannot be read (${reasonOf(error)}); name one that kubectl can use`, { cause: error });
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null) throw new Error(`${title} has no context "${context}"`);
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new Error(`${title} has no current context; set one with kubectl config use-context, or give --context`);
  }
  // What client-node falls back to where it finds nothing.
  if (kubeconfig === undefined && cluster.server === 'http://localhost:8080' && !cluster.skipTLSVerify) {
    throw new Error('no cluster is configured; set KUBECONFIG, or run inside a cluster with a service account');
  }
  return config;
}

/** client-node reads fields of what it parsed without a look at it: of an empty file, or of one that is not a kubeconfig. */
function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return 'it is not a kubeconfig';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'the file does not exist';
  return error instanceof Error ? error.message : String(error);
}

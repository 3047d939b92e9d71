import type { KubeConfig } from '@kubernetes/client-node';
import { formatProblem, type Problem } from '../outcome/problem.ts';

const ANOTHER = 'name a cluster that kubectl reaches, with --kubeconfig or --context';

/** No cluster can be found; the message is for whoever started the command. */
class NoClusterError extends Error {
  override readonly name = 'NoClusterError';

  constructor(
    readonly problem: Problem,
    options?: ErrorOptions,
  ) {
    super(formatProblem(problem), options);
  }
}

/** What a person has to know if a cluster could not be opened. */
export const noClusterFor = (error: unknown): Problem =>
  error instanceof NoClusterError
    ? error.problem
    : { problem: error instanceof Error ? error.message : String(error), fix: ANOTHER };

/** @param reason as the client says it */
export const unreachable = (reason: string): Problem => ({
  problem: `the API server cannot be reached (${reason})`,
  fix: ANOTHER,
});

/**
 * Finds the API server and the credentials: the given file, else `KUBECONFIG`, `~/.kube/config`, or the service account of
 * the Pod. Loads @kubernetes/client-node, which costs half a second: only `serve` may come here.
 *
 * @throws NoClusterError if there is nothing to find, or the file is bad
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
    const problem = `${title} cannot be read (${reasonOf(error)})`;
    throw new NoClusterError({ problem, fix: 'name one that kubectl can use' }, { cause: error });
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null) {
      const fix = '"kubectl config get-contexts" lists those that it has';
      throw new NoClusterError({ problem: `${title} has no context "${context}"`, fix });
    }
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const fix = 'set one with kubectl config use-context, or give --context';
    throw new NoClusterError({ problem: `${title} has no current context`, fix });
  }
  // What client-node falls back to where it finds nothing.
  if (kubeconfig === undefined && cluster.server === 'http://localhost:8080' && !cluster.skipTLSVerify) {
    const fix = 'name a kubeconfig with --kubeconfig or KUBECONFIG, or run inside a cluster with a service account';
    throw new NoClusterError({ problem: 'no cluster is configured', fix });
  }
  return config;
}

/** client-node reads fields of what it parsed without a look at it: of an empty file, or of one that is not a kubeconfig. */
function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return 'it is not a kubeconfig';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'the file does not exist';
  // js-yaml puts lines of the file below the first line, which could be credentials.
  const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return reason;
}

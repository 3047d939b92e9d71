import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { eventually } from '../cluster/given.ts';
import { coreApi, kubectl, kubectlOk } from '../cluster/kubectl.ts';

const MINUTES = 60_000;

/** Whether the kubelet calls it Ready. */
export const isReady = ({ status }: V1Pod): boolean =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;

/** The Pods of a label that are not being deleted, as soon as so many of them are Ready. @throws with what kubectl describes */
export async function readyPods(namespace: string, selector: string, count = 1): Promise<readonly V1Pod[]> {
  const api = coreApi();
  const ask = async (): Promise<readonly V1Pod[]> => {
    const { items } = await api.listNamespacedPod({ namespace, labelSelector: selector });
    return items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  };
  let latest: readonly V1Pod[] = [];
  try {
    await eventually(
      async () => (latest = await ask()).filter(isReady).length === latest.length && latest.length === count,
      Boolean,
      4 * MINUTES,
    );
  } catch {
    const described = await kubectlOk(['describe', 'pods', '-n', namespace, '-l', selector]);
    const logs = await kubectl(['logs', '-n', namespace, '-l', selector, '--all-containers', '--prefix']);
    throw new Error(
      `not ${count} Ready of ${latest.length} Pods ${selector}\n${described}\n${logs.stdout}${logs.stderr}`,
    );
  }
  return latest;
}

export async function readyPod(namespace: string, selector: string): Promise<V1Pod> {
  const [pod] = await readyPods(namespace, selector);
  if (pod === undefined) throw new Error(`no Pod ${selector}`);
  return pod;
}

export const nameOf = (pod: V1Pod): string => pod.metadata?.name ?? '';

/** Where the handler of a running Pod is called. */
export const urlOf = (pod: V1Pod, path = '/'): string => `http://${pod.status?.podIP ?? ''}:8080${path}`;

/** Calls the handler, each time over a connection of its own. */
export async function call(
  pod: V1Pod,
  path = '/',
  init: RequestInit = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const headers = { connection: 'close', ...init.headers };
  const response = await fetch(urlOf(pod, path), { ...init, headers, signal: AbortSignal.timeout(60_000) });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

export async function callJson(pod: V1Pod, path = '/'): Promise<unknown> {
  const { status, text } = await call(pod, path);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return JSON.parse(text) as unknown;
}

/** Runs a program in the Function's container. @returns its output, both kinds; a failure's too */
export async function inside(pod: V1Pod, ...command: readonly string[]): Promise<string> {
  const namespace = pod.metadata?.namespace ?? '';
  const { stdout, stderr } = await kubectl(['exec', '-n', namespace, nameOf(pod), '-c', 'function', '--', ...command]);
  return stdout + stderr;
}

export async function reread(pod: V1Pod): Promise<V1Pod> {
  return coreApi().readNamespacedPod({ namespace: pod.metadata?.namespace ?? '', name: nameOf(pod) });
}

/** The status of a container of either kind. */
export const statusOf = ({ status }: V1Pod, container: string): V1ContainerStatus | undefined =>
  [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].find(
    ({ name }) => name === container,
  );

/** What `kubectl get pods` shows of the Pods of a label: the line of the first. */
async function listed(namespace: string, selector: string): Promise<string> {
  const lines = await kubectlOk(['get', 'pods', '-n', namespace, '-l', selector, '--no-headers']);
  return lines.split('\n')[0] ?? '';
}

/** What a user reads after a failure: the three commands that everybody types. */
export interface Seen {
  readonly get: string;
  readonly describe: string;
  readonly logs: string;
}

/** Waits until a Function fails as `isFailed` says, and shows what kubectl then shows. */
export async function seen(namespace: string, name: string, isFailed: (line: string) => boolean): Promise<Seen> {
  const selector = `buildless.dev/function=${name}`;
  const get = await eventually(() => listed(namespace, selector), isFailed, 4 * MINUTES);
  const describe = await kubectlOk(['describe', 'pods', '-n', namespace, '-l', selector]);
  const read = async (previous: boolean): Promise<string> => {
    const args = ['logs', '-n', namespace, '-l', selector, '--all-containers', '--ignore-errors', '--tail=200'];
    const { stdout, stderr } = await kubectl([...args, ...(previous ? ['--previous'] : [])]);
    return stdout + stderr;
  };
  return { get, describe, logs: (await read(false)) + (await read(true)) };
}

/** As seen, and then the Function is removed: it would go on failing, and use the cores of the node meanwhile. */
export async function seenOnce(namespace: string, name: string, isFailed: (line: string) => boolean): Promise<Seen> {
  const shown = await seen(namespace, name, isFailed);
  await discard(namespace, name);
  return shown;
}

/** Removes a Function that goes on failing or computing. Its Pods do not get the time to end, which they would use up. */
export async function discard(namespace: string, name: string): Promise<void> {
  await kubectlOk(['delete', 'deployment', name, '-n', namespace, '--wait=false']);
  const selector = `buildless.dev/function=${name}`;
  await kubectlOk(['delete', 'pods', '-n', namespace, '-l', selector, '--grace-period=1', '--wait=false']);
}

/** Whether a line of `kubectl get pods` is that of a Pod whose init container failed, or whose container did. */
export const initFailed = (line: string): boolean => /Init:(Error|CrashLoopBackOff)/.test(line);
export const failed = (line: string): boolean => / (Error|CrashLoopBackOff|OOMKilled) /.test(line);

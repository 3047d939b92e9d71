import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { KubeConfig, CoreV1Api, type V1Pod } from '@kubernetes/client-node';
import { cluster } from './given.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Printed {
  readonly status: number | null;
  readonly stdout: string;
  /** Refusals, and the warnings of the API server. */
  readonly stderr: string;
}

/** Runs kubectl in the checkout, as a user would. An object for input goes to its standard input as JSON. */
export async function kubectl(args: readonly string[], input?: object | string): Promise<Printed> {
  const { kubectl: program, kubeconfig } = cluster();
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, KUBECONFIG: kubeconfig, NO_COLOR: '1' },
    stdio: 'pipe',
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(typeof input === 'object' ? JSON.stringify(input) : (input ?? ''));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { status, stdout, stderr };
}

/** As kubectl, and what it printed to standard output. @throws where it fails */
export async function kubectlOk(args: readonly string[], input?: object | string): Promise<string> {
  const { status, stdout, stderr } = await kubectl(args, input);
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/**
 * Deletes objects from the last to the first: of manifests, the registrations first, as nothing may be refused while the rest
 * goes. By one kubectl, since each start of it costs as much as many requests.
 */
export async function deleteBackwards(objects: readonly unknown[], ...options: readonly string[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: [...objects].reverse() };
  await kubectlOk(['delete', '--ignore-not-found', ...options, '-f', '-'], list);
}

/** The API itself, where hundreds of calls would spend their time starting kubectl. */
export function coreApi(): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  return config.makeApiClient(CoreV1Api);
}

let count = 0;

/** Makes a namespace with these labels, and waits until Pods can be created in it. */
export async function createNamespace(labels: Readonly<Record<string, string>> = {}): Promise<string> {
  count += 1;
  const name = `test-${process.pid}-${count}-${Math.random().toString(36).slice(2, 7)}`;
  const api = coreApi();
  await api.createNamespace({ body: { metadata: { name, labels: { ...labels, 'buildless-test': 'yes' } } } });
  if (cluster().controllers) {
    // The ServiceAccount plugin refuses Pods until the controller has made this one.
    for (let tries = 0; tries < 300; tries += 1) {
      const found = await api.readNamespacedServiceAccount({ namespace: name, name: 'default' }).catch(() => undefined);
      if (found !== undefined) return name;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no ServiceAccount default in ${name}`);
  }
  return name;
}

/** The Pods that carry a label, as soon as there are `count` of them. */
export async function podsOf(namespace: string, labelSelector: string, wanted: number): Promise<readonly V1Pod[]> {
  const api = coreApi();
  for (let tries = 0; tries < 300; tries += 1) {
    const { items } = await api.listNamespacedPod({ namespace, labelSelector });
    const living = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    if (living.length === wanted) return living;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const events = await kubectlOk(['get', 'events', '-n', namespace]);
  throw new Error(`there are not ${wanted} Pods ${labelSelector} in ${namespace}:\n${events}`);
}

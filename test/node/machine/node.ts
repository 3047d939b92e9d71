import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import type { Component } from '../../cluster/kubernetes/component.ts';
import { startControlPlane } from '../../cluster/kubernetes/control-plane.ts';
import type { Programs } from '../../cluster/kubernetes/programs.ts';
import { ctr, startContainerd } from './containerd.ts';
import { mountDisk } from './disk.ts';
import { makeImages, makeOwnImages } from './images.ts';
import { startKubelet } from './kubelet.ts';
import { PLACE } from './place.ts';
import { sweep } from './sweep.ts';

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';

/** A Kubernetes of one node, all of it on this machine. */
export interface RunningNode {
  readonly record: NodeRecord;
  stop(): Promise<void>;
}

/** What the tests need to know of a node. */
export interface NodeRecord {
  readonly kubeconfig: string;
  readonly auditLog: string;
  readonly apiPort: number;
  readonly address: string;
}

const readPid = (): number => (existsSync(PLACE.pidFile) ? Number(readFileSync(PLACE.pidFile, 'utf8')) : 0);
const isAlive = (pid: number): boolean => pid !== 0 && existsSync(`/proc/${pid}`);

/** The node that `test/node/keep.ts` keeps running, with the images of this checkout; undefined where there is none. */
export async function keptNode(say: (line: string) => void): Promise<NodeRecord | undefined> {
  if (!isAlive(readPid()) || !existsSync(PLACE.recordFile)) return undefined;
  for (const image of await makeOwnImages(say)) ctr('images', 'import', image);
  return JSON.parse(readFileSync(PLACE.recordFile, 'utf8')) as NodeRecord;
}

/**
 * Starts the control plane with a scheduler, containerd and a kubelet, imports the images, and waits until the node is Ready.
 *
 * @throws where another node of ours runs on this machine
 */
export async function startNode(
  programs: Programs,
  say: (line: string) => void,
  disk: 'own' | "the machine's" = 'own',
): Promise<RunningNode> {
  const other = readPid();
  if (isAlive(other)) {
    throw new Error(`process ${other} runs a node on this machine already (${PLACE.pidFile}); wait for its end`);
  }
  const images = await makeImages(say);
  await sweep();
  if (disk === 'own') mountDisk(PLACE.disk, PLACE.folder, say);
  else mkdirSync(PLACE.folder, { recursive: true });
  writeFileSync(PLACE.pidFile, String(process.pid));
  const forwarding = readFileSync(FORWARDING, 'utf8');
  const address = hostAddress();
  const running: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const component of running.reverse()) await component.stop();
    await sweep();
    writeFileSync(FORWARDING, forwarding);
  };
  try {
    // Pods reach the package registries through the bridge.
    writeFileSync(FORWARDING, '1');
    running.push(await startContainerd());
    for (const image of images) ctr('images', 'import', image);
    const controlPlane = await startControlPlane(programs, {
      address,
      scheduler: programs.apiServer.replace('kube-apiserver', 'kube-scheduler'),
      apiServer: {
        'allow-privileged': 'true',
        'kubelet-preferred-address-types': 'InternalIP',
        // There is no kube-proxy: the API server calls the webhook's Pods themselves.
        'enable-aggregator-routing': 'true',
      },
    });
    running.push(controlPlane);
    reachService(`${address}:${controlPlane.port}`);
    const kubelet = await startKubelet(
      programs.apiServer.replace('kube-apiserver', 'kubelet'),
      controlPlane.kubeconfig,
    );
    running.push(kubelet);
    await untilReady(kubelet, controlPlane.kubeconfig);
    const { kubeconfig, auditLog, port: apiPort } = controlPlane;
    return { record: { kubeconfig, auditLog, apiPort, address }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * What kube-proxy would do for the one Service that Pods of the cluster itself need, `kubernetes` in `default`. The comment
 * is what sweep.ts finds the rule by.
 */
function reachService(target: string): void {
  const match = ['-d', '10.0.0.1/32', '-p', 'tcp', '--dport', '443'];
  const comment = ['-m', 'comment', '--comment', PLACE.network];
  execFileSync('iptables', [
    '-t',
    'nat',
    '-A',
    'PREROUTING',
    ...match,
    ...comment,
    '-j',
    'DNAT',
    '--to-destination',
    target,
  ]);
}

async function untilReady(kubelet: Component, kubeconfig: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  await kubelet.until(async () => {
    const node = await api.readNode({ name: PLACE.nodeName });
    return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  }, 120_000);
}

/** @throws where there is none */
export function hostAddress(): string {
  const found = Object.entries(networkInterfaces())
    .filter(([name]) => name !== PLACE.bridge)
    .flatMap(([, addresses]) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found === undefined)
    throw new Error('this machine has no IPv4 address beside 127.0.0.1, which Pods cannot reach');
  return found.address;
}

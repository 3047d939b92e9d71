import { setTimeout as delay } from 'node:timers/promises';
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { eventually } from '../cluster/given.ts';
import { coreApi, kubectlOk } from '../cluster/kubectl.ts';
import { ctr } from './machine/containerd.ts';
import { callJson, isReady, nameOf, statusOf } from './pods.ts';

const AT_ONCE = 5;

export interface Installation {
  readonly namespace: string;
  /** The init container that installs. */
  readonly container: 'buildless-prepare' | 'buildless-install';
  /** How long it takes beside four others at the least; on a slow machine the first ones tell. */
  readonly milliseconds: number;
}

/** A Pod to be made, and what it answers where its packages are complete. */
export interface Victim {
  readonly pod: V1Pod;
  readonly complete: unknown;
}

/**
 * Kills the container that installs once in each Pod, anywhere between its beginning and its end, and expects that the
 * Function then serves complete packages. A Pod by itself for each kill: for the second in one of them the kubelet's back-off
 * is 10 s.
 *
 * @returns how many were met while they installed
 */
export async function killInstallations(installation: Installation, victims: readonly Victim[]): Promise<number> {
  const { namespace, container } = installation;
  let { milliseconds } = installation;
  let killed = 0;
  for (let first = 0; first < victims.length; first += AT_ONCE) {
    const batch = victims.slice(first, first + AT_ONCE);
    const names = batch.map(({ pod }) => nameOf(pod));
    for (const { pod } of batch) await coreApi().createNamespacedPod({ namespace, body: pod });
    await killEach({ ...installation, milliseconds }, names);
    const durations: number[] = [];
    for (const { pod, complete } of batch) {
      const name = nameOf(pod);
      const ready = await eventually(() => coreApi().readNamespacedPod({ namespace, name }), isReady, 240_000);
      expect(await callJson(ready)).toEqual(complete);
      if ((statusOf(ready, container)?.restartCount ?? 0) > 0) killed += 1;
      durations.push(durationOf(statusOf(ready, container)));
    }
    milliseconds = Math.max(milliseconds, durations.reduce((sum, each) => sum + each, 0) / durations.length);
    await kubectlOk(['delete', 'pods', '-n', namespace, '--grace-period=1', '--wait=false', ...names]);
  }
  return killed;
}

/** How long a container ran that has ended, to the second. */
function durationOf(status: V1ContainerStatus | undefined): number {
  const { startedAt, finishedAt } = status?.state?.terminated ?? {};
  return startedAt === undefined || finishedAt === undefined ? 0 : finishedAt.getTime() - startedAt.getTime();
}

/** Each at a random point of a part of the time of its own, so that the kills are spread over all of it. */
async function killEach({ namespace, container, milliseconds }: Installation, names: readonly string[]): Promise<void> {
  const waiting = new Set(names);
  const known = new Set<string>();
  const kills: Promise<void>[] = [];
  const latest = performance.now() + 120_000;
  while (waiting.size > 0 && performance.now() < latest) {
    for (const id of containersOf(namespace, container)) {
      if (known.has(id)) continue;
      known.add(id);
      const name = podOf(id);
      // Not one that was started again after it was killed.
      if (!waiting.delete(name)) continue;
      const point = (names.indexOf(name) + Math.random()) / names.length;
      kills.push(
        delay(point * milliseconds).then(() => {
          kill(id);
        }),
      );
    }
    await delay(20);
  }
  await Promise.all(kills);
}

/** Containers of all Pods. */
function containersOf(namespace: string, container: string): readonly string[] {
  const filter = `labels."io.kubernetes.pod.namespace"==${namespace},labels."io.kubernetes.container.name"==${container}`;
  return ctr('containers', 'ls', '-q', filter).split('\n').filter(Boolean);
}

/** The name of a container's Pod; empty where it has been removed meanwhile. */
function podOf(id: string): string {
  try {
    const { Labels } = JSON.parse(ctr('containers', 'info', id)) as { Labels: Readonly<Record<string, string>> };
    return Labels['io.kubernetes.pod.name'] ?? '';
  } catch {
    return '';
  }
}

function kill(id: string): void {
  try {
    ctr('tasks', 'kill', '--signal', 'SIGKILL', id);
  } catch {
    // It has not begun yet, or ended already.
  }
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { V1ContainerStatus, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { eventually } from '../cluster/given.ts';
import { coreApi, kubectlOk } from '../cluster/kubectl.ts';
import { PLACE } from './machine/place.ts';
import { callJson, isReady, nameOf, statusOf } from './pods.ts';

const AT_ONCE = 5;
/** They show how long an installation takes. */
const MEASURED = 2;

export interface Installation {
  readonly namespace: string;
  /** The init container that installs. */
  readonly container: 'buildless-prepare' | 'buildless-install';
}

/** A Pod to be made, and what it answers where its packages are complete. */
export interface Victim {
  readonly pod: V1Pod;
  readonly complete: unknown;
}

/**
 * Resources of a Pod by itself whose installation takes some seconds, on a fast machine too: a container that is killed is
 * found and met by programs that take a moment themselves.
 *
 * @param cpu e.g. `100m`
 */
export const slowedTo = (cpu: string): Pick<V1PodSpec, 'resources'> => ({
  resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu, memory: '512Mi' } },
});

/**
 * Kills the container that installs once in each Pod, anywhere between its beginning and its end, and expects that the
 * Function then serves complete packages. A Pod by itself for each kill: for the second in one of them the kubelet's back-off
 * is 10 s.
 *
 * @param victimOf the Pod of a number from 0 on
 * @returns how many were met while they installed
 */
export async function killInstallations(
  installation: Installation,
  kills: number,
  victimOf: (index: number) => Victim,
): Promise<number> {
  const { namespace, container } = installation;
  let killed = 0;
  /** @returns how long they took to install, the mean, in milliseconds */
  const installAll = async (victims: readonly Victim[], disturb: (names: readonly string[]) => Promise<void>) => {
    const names = victims.map(({ pod }) => nameOf(pod));
    for (const { pod } of victims) await coreApi().createNamespacedPod({ namespace, body: pod });
    await disturb(names);
    const durations: number[] = [];
    for (const { pod, complete } of victims) {
      const name = nameOf(pod);
      const ready = await eventually(() => coreApi().readNamespacedPod({ namespace, name }), isReady, 240_000);
      expect(await callJson(ready)).toEqual(complete);
      if ((statusOf(ready, container)?.restartCount ?? 0) > 0) killed += 1;
      durations.push(durationOf(statusOf(ready, container)));
    }
    await kubectlOk(['delete', 'pods', '-n', namespace, '--grace-period=1', '--wait=false', ...names]);
    return durations.reduce((sum, each) => sum + each, 0) / durations.length;
  };
  const victims = Array.from({ length: MEASURED + kills }, (_, index) => victimOf(index));
  let milliseconds = await installAll(victims.splice(0, MEASURED), () => Promise.resolve());
  while (victims.length > 0) {
    const expected = milliseconds;
    milliseconds = await installAll(victims.splice(0, AT_ONCE), (names) => killEach(installation, expected, names));
  }
  console.log(`${container}: an installation took ${milliseconds} ms, ${killed} of ${kills} were killed`);
  return killed;
}

/** How long a container ran that has ended, to the second. */
function durationOf(status: V1ContainerStatus | undefined): number {
  const { startedAt, finishedAt } = status?.state?.terminated ?? {};
  return startedAt === undefined || finishedAt === undefined ? 0 : finishedAt.getTime() - startedAt.getTime();
}

/** Each at a random point of a part of the time of its own, so that the kills are spread over all of it. */
async function killEach(
  { namespace, container }: Installation,
  milliseconds: number,
  names: readonly string[],
): Promise<void> {
  const waiting = new Set(names);
  const known = new Set<string>();
  const kills: Promise<void>[] = [];
  const latest = performance.now() + 120_000;
  while (waiting.size > 0 && performance.now() < latest) {
    for (const id of existsSync(TASKS) ? readdirSync(TASKS) : []) {
      if (known.has(id)) continue;
      const task = readTask(id);
      if (task === undefined) continue;
      known.add(id);
      // Not one that was started again after it was killed.
      if (task.namespace !== namespace || task.container !== container || !waiting.delete(task.pod)) continue;
      const point = (names.indexOf(task.pod) + Math.random()) / names.length;
      kills.push(
        delay(Math.max(0, task.since + point * milliseconds - Date.now())).then(() => {
          kill(task.pid);
        }),
      );
    }
    await delay(10);
  }
  await Promise.all(kills);
}

/** What containerd keeps of each container that runs (runtime v2). To ask `ctr` takes half a second on a busy machine. */
const TASKS = path.join(PLACE.folder, 'containerd/state/io.containerd.runtime.v2.task/k8s.io');

interface Task {
  readonly namespace: string;
  readonly pod: string;
  /** Empty for a sandbox. */
  readonly container: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** @returns undefined if it is being made, or gone */
function readTask(id: string): Task | undefined {
  try {
    const file = path.join(TASKS, id, 'init.pid');
    const pid = Number(readFileSync(file, 'utf8'));
    const { annotations } = JSON.parse(readFileSync(path.join(TASKS, id, 'config.json'), 'utf8')) as {
      readonly annotations: Readonly<Record<string, string>>;
    };
    return {
      namespace: annotations['io.kubernetes.cri.sandbox-namespace'] ?? '',
      pod: annotations['io.kubernetes.cri.sandbox-name'] ?? '',
      container: annotations['io.kubernetes.cri.container-name'] ?? '',
      pid,
      since: statSync(file).mtimeMs,
    };
  } catch {
    return undefined;
  }
}

/** With the first process of its namespace, all others end. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

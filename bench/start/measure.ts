import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { coreApi, kubectlOk } from '../../test/cluster/kubectl.ts';
import { progress } from '../measure/report.ts';
import { nameOf, type Case, type Measured } from './cases.ts';
import { CONTENDERS, FIRST_POD, isLocked, LATER_PODS, type Contender } from './contenders.ts';
import type { Watched } from './phases.ts';
import { seconds, total } from './report.ts';
import { createFresh, applyLocked, removeFresh, untilStored, type OfWorkload } from './revisions.ts';
import { NPM_55, type Subject } from './subjects.ts';

const PATIENCE = 300_000;
/** The golden ratio: its multiples are spread evenly over a second, however many rounds there are. */
const PART_OF_SECOND = 0.618;

/** Starts the Pods of each case, round by round, so that what else the machine does meets all of them. */
export async function measure(
  watched: Watched,
  namespace: string,
  cases: readonly Case[],
  rounds: number,
): Promise<readonly Measured[]> {
  const measured = cases.map((each): Measured => ({ ...each, starts: [], restarts: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, each] of measured.entries()) {
      const name = `start-${round}-${index}`;
      const pods = Array.from({ length: each.count }, (_, number) => podOf(each, `${name}-${number}`));
      const revision = await revisionOf(each, namespace, name);
      // The Pod before was deleted when the kubelet looked at it: without a wait all would begin right after such a look.
      await sleep((((round + 1) * PART_OF_SECOND) % 1) * 1000);
      try {
        each.starts.push(...(await watched.start(pods, PATIENCE, revision)));
        if (each.count === 1 && round === 0) await restart(watched, namespace, pods[0], each);
      } catch (error) {
        progress(`${nameOf(each)}: ${error instanceof Error ? error.message : String(error)}`);
      }
      progress(`${nameOf(each)}: ${seconds(total(each))}`);
      await remove(namespace, pods);
      if (each.contender === FIRST_POD || each.contender === LATER_PODS) await removeFresh(namespace, name);
    }
  }
  return measured;
}

/**
 * What has to be there before the Pods, within the time that is measured for the first ones: they wait for the lock of their
 * revision, later ones find it.
 *
 * @returns undefined if the Pods belong to no workload
 */
async function revisionOf(
  { subject, contender }: Case,
  namespace: string,
  name: string,
): Promise<(() => Promise<OfWorkload>) | undefined> {
  if (contender === FIRST_POD) return () => createFresh(namespace, subject, name);
  const metadata = await laterOf(contender, namespace, subject, name);
  return metadata === undefined ? undefined : () => Promise.resolve(metadata);
}

async function laterOf(
  contender: Contender,
  namespace: string,
  subject: Subject,
  name: string,
): Promise<OfWorkload | undefined> {
  if (contender === LATER_PODS) {
    const metadata = await createFresh(namespace, subject, name);
    await untilStored(namespace, metadata);
    return metadata;
  }
  return isLocked(contender) && subject.locked !== undefined
    ? applyLocked(namespace, subject, subject.locked)
    : undefined;
}

/** Lets the Pods with a cache find what they will install in it. */
export async function fillCaches(watched: Watched, namespace: string, subjects: readonly Subject[]): Promise<void> {
  for (const subject of subjects.filter(({ locked }) => locked !== undefined)) {
    const pod = podOf(
      { subject, limits: 'L', contender: 'Buildless, with a lock and a warm cache', count: 1 },
      `fill-${subject.name}`,
    );
    const metadata = await applyLocked(namespace, subject, subject.locked ?? '');
    await watched.start([pod], PATIENCE, () => Promise.resolve(metadata));
    await remove(namespace, [pod]);
  }
}

async function restart(watched: Watched, namespace: string, pod: V1Pod | undefined, each: Measured): Promise<void> {
  if (each.subject.name !== NPM_55 || !['Buildless, with a lock', "Kyma's Pod"].includes(each.contender)) return;
  const name = pod?.metadata?.name ?? '';
  const { status } = await coreApi().readNamespacedPod({ namespace, name });
  const again = watched.restarted(name, PATIENCE);
  await fetch(`http://${status?.podIP ?? ''}:8080/exit`).catch(() => undefined);
  each.restarts.push(await again);
}

const podOf = ({ subject, limits, contender }: Case, name: string): V1Pod =>
  CONTENDERS[contender](name, subject, limits);

async function remove(namespace: string, pods: readonly V1Pod[]): Promise<void> {
  const names = pods.map(({ metadata }) => metadata?.name ?? '');
  await kubectlOk(['delete', 'pods', '-n', namespace, '--grace-period=1', ...names]);
}

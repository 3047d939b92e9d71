/**
 * Replicas of the webhook that are of another version than this controller. Version 0.1.0 refuses a template with a stamp, which the
 * controller writes, and the replicas that know it write as well while a controller leads.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiServer } from '../api-server/api-server.ts';
import type { ClusterLog } from '../api-server/cluster.ts';
import { within } from '../api-server/deadline.ts';
import { podsOf, replicasIn, WEBHOOK_PODS } from '../api-server/replicas.ts';
import { list, text } from '../kubernetes/fields.ts';

const LOOK_MILLISECONDS = 1000;
const DEADLINE_MILLISECONDS = 5000;
/** Who keeps two versions for longer than this wants a controller all the same. */
const LONGEST_MILLISECONDS = 600_000;

interface Options {
  readonly server: Pick<ApiServer, 'get'>;
  /** Of the installation. */
  readonly namespace: string;
  /** Name of the Pod that this process runs in. */
  readonly pod: string;
  readonly logger: Pick<ClusterLog, 'info' | 'warn'>;
  readonly longestMilliseconds?: number;
}

/**
 * Waits, for 10 minutes at most, until no replica of the webhook answers with another image than the one of this Pod, those that
 * are about to end included. Without a Pod of this name, nothing is waited for. Never rejects.
 *
 * Needs `list` on pods.
 */
export async function untilReplaced(
  { server, namespace, pod, logger, longestMilliseconds = LONGEST_MILLISECONDS }: Options,
  signal: AbortSignal,
): Promise<void> {
  const ask = (query: Readonly<Record<string, string>>): Promise<unknown> =>
    within(signal, DEADLINE_MILLISECONDS, (each) => server.get(podsOf(namespace), query, each));
  const started = performance.now();
  let isTold = false;
  while (!signal.aborted) {
    try {
      const [self] = list(await ask({ fieldSelector: `metadata.name=${pod}` }), 'items');
      const image = text(list(self, 'spec', 'containers')[0], 'image');
      if (image === '') return;
      const older = replicasIn(await ask({ labelSelector: WEBHOOK_PODS })).filter((each) => each.image !== image);
      if (older.length === 0) return;
      const images = [...new Set(older.map((each) => each.image))];
      if (performance.now() - started > longestMilliseconds) {
        logger.warn({ images }, 'replicas of the webhook have another version still: working beside them');
        return;
      }
      if (!isTold) logger.info({ images }, 'waiting until the replicas of the webhook are replaced');
      isTold = true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn({ reason }, 'cannot ask which replicas of the webhook there are');
      if (performance.now() - started > longestMilliseconds) return;
    }
    await sleep(LOOK_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}

import { POD_LABELS } from '../installation/names.ts';
import { list, text } from '../kubernetes/fields.ts';
import { ApiError, type ApiServer } from './api-server.ts';
import { within } from './deadline.ts';

/** How long it stays known that there are several: a stream of Pods asks for each of them. */
const KNOWN_FOR = 1000;
/** How long a rollback may take. */
const LONGEST_ROLLBACK = 600_000;

interface Options {
  readonly server: Pick<ApiServer, 'get'>;
  readonly ended: AbortSignal;
  readonly deadlineMilliseconds: number;
}

/**
 * Whether replicas of the webhook run with different images, those that are about to end included, as they answer on for a while.
 * Needs `list` on pods; without an answer in time there are none.
 *
 * Who goes back to version 0.1.0 applies its rights before its replicas start, and they have no `list` on pods: if this replica
 * had it and loses it, another version is on its way.
 *
 * @param namespace of the installation
 * @param clock in milliseconds
 */
export function followOtherVersions(
  { server, ended, deadlineMilliseconds }: Options,
  namespace: string,
  clock: () => number = () => performance.now(),
): () => Promise<boolean> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const labelSelector = Object.entries(POD_LABELS)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  let until = -Infinity;
  let hadRight = false;
  let lostRight: number | undefined;
  const ask = async (): Promise<boolean> => {
    try {
      const page = await within(ended, deadlineMilliseconds, (signal) => server.get(path, { labelSelector }, signal));
      hadRight = true;
      lostRight = undefined;
      return imagesOf(page).size > 1;
    } catch (error) {
      if (!hadRight || !(error instanceof ApiError) || error.status !== 403) return false;
      lostRight ??= clock();
      return clock() - lostRight < LONGEST_ROLLBACK;
    }
  };
  void ask();
  return async () => {
    if (clock() < until) return true;
    const several = await ask();
    if (several) until = clock() + KNOWN_FOR;
    return several;
  };
}

function imagesOf(pods: unknown): ReadonlySet<string> {
  const running = list(pods, 'items').filter((pod) => text(pod, 'status', 'phase') === 'Running');
  return new Set(running.map((pod) => text(list(pod, 'spec', 'containers')[0], 'image')));
}

import { FUNCTION_LABEL } from '../function/keys.ts';
import type { ListedPods, PodSelection } from '../admission/review-context.ts';
import { ApiError, type ApiServer } from './api-server.ts';
import type { ClusterLog } from './cluster.ts';
import { within } from './deadline.ts';

/** As many as one answer brings within its deadline; a namespace may have thousands. */
const MOST_PODS = 300;

/**
 * Pods of a namespace, asked for once. Needs `list` on pods; without that right, or without an answer in time, there are none
 * to tell of.
 */
export async function listPods(
  { server, logger, ended }: { readonly server: ApiServer; readonly logger: ClusterLog; readonly ended: AbortSignal },
  namespace: string,
  selection: PodSelection,
  deadlineMilliseconds: number,
): Promise<ListedPods | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const query = { limit: String(MOST_PODS), ...(selection === 'functions' && { labelSelector: FUNCTION_LABEL }) };
  try {
    const page = await within(ended, deadlineMilliseconds, (signal) => server.get(path, query, signal));
    return parse(page);
  } catch (error) {
    // A namespace that is being created has none.
    if (!(error instanceof ApiError && error.status === 404)) {
      logger.warn({ path, reason: error instanceof Error ? error.message : String(error) }, 'cannot list Pods');
    }
    return undefined;
  }
}

function parse(page: unknown): ListedPods | undefined {
  if (typeof page !== 'object' || page === null || !('items' in page) || !Array.isArray(page.items)) return undefined;
  const metadata: unknown = 'metadata' in page ? page.metadata : undefined;
  const next: unknown =
    typeof metadata === 'object' && metadata !== null && 'continue' in metadata ? metadata.continue : undefined;
  return { items: page.items, more: typeof next === 'string' && next !== '' };
}

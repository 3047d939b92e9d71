import { FUNCTION_LABEL } from '../function/keys.ts';
import type { ListedPods, PodSelection } from '../admission/review-context.ts';
import { ApiError, type ApiServer } from './api-server.ts';
import type { ClusterLog } from './cluster.ts';
import { within } from './deadline.ts';

/** As in Pod Security Admission. */
const MOST_PODS = 3000;
const PAGE = 500;
/** Of the 5 s that the API server waits for a webhook. */
const MOST_MILLISECONDS = 1000;

/**
 * Pods of a namespace, in the order of their names, as many as come within a second. Needs `list` on pods; without that right, or
 * without an answer in time, there are none to tell of.
 */
export async function listPods(
  {
    server,
    logger,
    ended,
  }: { readonly server: Pick<ApiServer, 'get'>; readonly logger: ClusterLog; readonly ended: AbortSignal },
  namespace: string,
  selection: PodSelection,
  deadlineMilliseconds: number,
): Promise<ListedPods | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const selector = selection === 'functions' ? { labelSelector: FUNCTION_LABEL } : {};
  const end = performance.now() + Math.min(deadlineMilliseconds, MOST_MILLISECONDS);
  const items: unknown[] = [];
  let next: string | undefined;
  do {
    // The first page has all the time that there is; what came before is better than nothing.
    const left = items.length === 0 ? deadlineMilliseconds : end - performance.now();
    if (left <= 0) return { items, more: true };
    const query = { limit: String(PAGE), ...selector, ...(next !== undefined && { continue: next }) };
    try {
      const page = parse(await within(ended, left, (signal) => server.get(path, query, signal)));
      if (page === undefined) return items.length === 0 ? undefined : { items, more: true };
      items.push(...page.items);
      ({ next } = page);
    } catch (error) {
      if (items.length > 0) return { items, more: true };
      // A namespace that is being created has none.
      if (!(error instanceof ApiError && error.status === 404)) {
        logger.warn({ path, reason: error instanceof Error ? error.message : String(error) }, 'cannot list Pods');
      }
      return undefined;
    }
  } while (next !== undefined && items.length < MOST_PODS);
  return { items, more: next !== undefined };
}

interface Page {
  readonly items: readonly unknown[];
  /** What the next page begins with. */
  readonly next: string | undefined;
}

function parse(page: unknown): Page | undefined {
  if (typeof page !== 'object' || page === null || !('items' in page) || !Array.isArray(page.items)) return undefined;
  const metadata: unknown = 'metadata' in page ? page.metadata : undefined;
  const next: unknown =
    typeof metadata === 'object' && metadata !== null && 'continue' in metadata ? metadata.continue : undefined;
  return { items: page.items, next: typeof next === 'string' && next !== '' ? next : undefined };
}

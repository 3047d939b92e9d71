/** All that the cluster has of Functions in a namespace, as `status` and `history` read it. */
import type { Answer } from '../api-server/answer.ts';
import { list, text } from '../kubernetes/fields.ts';
import { FUNCTION_LABEL, REPORTING_CONTROLLER, REVISION_OF_LABEL } from '../function/keys.ts';
import { isObject, type KubernetesObject } from '../kubernetes/object.ts';
import { collectionOf, WORKLOAD_KINDS, type WorkloadKind } from './kinds.ts';

export type Get = (path: string, query?: Readonly<Record<string, string>>) => Promise<Answer>;

export interface ClusterObjects {
  readonly workloads: readonly { readonly kind: WorkloadKind; readonly object: KubernetesObject }[];
  readonly pods: readonly KubernetesObject[];
  readonly controllerRevisions: readonly KubernetesObject[];
  /** ConfigMaps of revisions. */
  readonly revisions: readonly KubernetesObject[];
  /** Of the controller. */
  readonly events: readonly KubernetesObject[];
  /** What could not be read, as sentences: the rest is shown without it. */
  readonly unread: readonly string[];
}

/** Why nothing can be shown. */
export interface Unreadable {
  readonly problem: string;
  readonly fix: string;
}

const PAGE = '500';

/**
 * Reads everything once, with the rights of whoever asks. Kinds that the cluster does not have are nothing; what may not be
 * read is told of.
 *
 * @param namespace undefined for all
 */
export async function readClusterObjects(
  get: Get,
  namespace: string | undefined,
): Promise<ClusterObjects | Unreadable> {
  const unread: string[] = [];
  const all = async (
    path: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<readonly KubernetesObject[]> => {
    const answer = await listAll(get, path, query);
    if ('items' in answer) return answer.items;
    if (answer.status !== 404) unread.push(`${path}: ${answer.message}`);
    return [];
  };
  const [kinds, pods, controllerRevisions, revisions, events] = await Promise.all([
    Promise.all(
      WORKLOAD_KINDS.map(async (kind) => {
        // The API server answers 403 for a kind that it does not have to a user who may not read it.
        const isServed = kind.builtIn || (await get(`/apis/${kind.apiVersion}`)).ok;
        return isServed ? (await all(kind.collection(namespace))).map((object) => ({ kind, object })) : [];
      }),
    ),
    all(collectionOf('/api/v1', 'pods', namespace), { labelSelector: FUNCTION_LABEL }),
    all(collectionOf('/apis/apps/v1', 'controllerrevisions', namespace)),
    all(collectionOf('/api/v1', 'configmaps', namespace), { labelSelector: REVISION_OF_LABEL }),
    // As core/v1 has them: the ClusterRole "view" does not know events.k8s.io.
    all(collectionOf('/api/v1', 'events', namespace), { fieldSelector: `reportingComponent=${REPORTING_CONTROLLER}` }),
  ]);
  const workloads = kinds.flat();
  // Whoever may read no workload at all has named the wrong namespace, or cluster.
  if (workloads.length === 0 && pods.length === 0 && unread.length > 0) {
    return {
      problem: `nothing can be read in ${namespace === undefined ? 'the cluster' : `namespace ${namespace}`} (${unread[0] ?? ''})`,
      fix: 'name a namespace that you may read with -n, or ask for the ClusterRole "view" there',
    };
  }
  return { workloads, pods, controllerRevisions, revisions, events, unread };
}

type Failure = Extract<Answer, { readonly ok: false }>;

async function listAll(
  get: Get,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<{ readonly items: readonly KubernetesObject[] } | Failure> {
  const items: KubernetesObject[] = [];
  let more = '';
  do {
    const page = await get(path, { ...query, limit: PAGE, ...(more !== '' && { continue: more }) });
    if (!page.ok) return page;
    items.push(...list(page.object, 'items').filter(isObject));
    more = text(page.object, 'metadata', 'continue');
  } while (more !== '');
  return { items };
}

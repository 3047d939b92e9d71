import { isObject } from '../manifests/object.ts';
import { valueAt } from '../manifests/templates.ts';
import { reviewConfigMap } from './kinds/config-map.ts';
import type { KindReviewer } from './kinds/kind.ts';
import { reviewNamespace } from './kinds/namespace.ts';
import { reviewPod } from './kinds/pod.ts';
import { reviewTemplate } from './kinds/template.ts';
import { askedOnce } from './once.ts';
import { skipped } from './response.ts';
import type { Reviewer } from './review.ts';
import type { Surroundings } from './surroundings.ts';

/** What is judged, by group and kind; the cluster's registration sends no more than this. */
const REVIEWERS: Readonly<Record<string, KindReviewer>> = {
  '/Pod': reviewPod,
  '/ConfigMap': reviewConfigMap,
  '/Namespace': reviewNamespace,
  'apps/Deployment': reviewTemplate,
  'apps/StatefulSet': reviewTemplate,
  'apps/DaemonSet': reviewTemplate,
  'apps/ReplicaSet': reviewTemplate,
  'batch/Job': reviewTemplate,
  'batch/CronJob': reviewTemplate,
};

/**
 * The validating webhook: refuses Functions that reached the end of admission without having been injected, and
 * dependencies that float, in Pods, in labelled ConfigMaps, and in the templates of workloads. What is being deleted
 * passes, and so do subresources: a scale or a status has no template.
 */
export function createValidate(surroundings: Surroundings): Reviewer {
  return async (request) => {
    const { uid, kind, operation, subResource, object } = request;
    const key = `${kind.group}/${kind.kind}`;
    const review = Object.hasOwn(REVIEWERS, key) ? REVIEWERS[key] : undefined;
    const judged = operation === 'CREATE' || operation === 'UPDATE';
    if (review === undefined || !judged || subResource !== '' || !isObject(object)) {
      return skipped(uid, 'other-operation');
    }
    const deleted = valueAt(object, ['metadata', 'deletionTimestamp']);
    if (deleted !== undefined && deleted !== null) return skipped(uid, 'being-deleted');
    return review({ ...request, operation, object }, askedOnce(surroundings));
  };
}

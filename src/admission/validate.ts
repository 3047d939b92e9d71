import { isObject } from '../kubernetes/object.ts';
import { TEMPLATE_KINDS } from '../function/template-kinds.ts';
import { valueAt } from '../manifests/templates.ts';
import { reviewConfigMap } from './kinds/config-map.ts';
import type { KindReviewer } from './kinds/kind.ts';
import { reviewNamespace } from './kinds/namespace.ts';
import { createPodReviewer } from './kinds/pod.ts';
import { reviewTemplate, templatePathsOf } from './kinds/template.ts';
import { isStranger } from './review-namespace.ts';
import { askedOnce } from './once.ts';
import { skipped } from './response.ts';
import type { Reviewer } from './review.ts';
import type { ReviewContext } from './review-context.ts';

const PODS = '/Pod';

/** What is judged beside Pods, by group and kind, unless the configuration adds kinds with templates. */
const REVIEWERS: ReadonlyMap<string, KindReviewer> = new Map([
  ['/ConfigMap', reviewConfigMap],
  ['/Namespace', reviewNamespace],
  ...TEMPLATE_KINDS.filter(({ reviewed, path }) => reviewed && path.length > 0).map(
    ({ group, kind }): [string, KindReviewer] => [`${group}/${kind}`, reviewTemplate],
  ),
]);

/** Each as GROUP/KIND; the cluster's registration sends these. */
export const REVIEWED_KINDS: readonly string[] = [PODS, ...REVIEWERS.keys()];

/**
 * The validating webhook: refuses Functions that reached the end of admission without having been injected, and
 * dependencies that float, in Pods, in labelled ConfigMaps, and in the templates of workloads. Objects that are being
 * deleted pass, and so do subresources: a scale or a status has no template.
 */
export function createValidate(context: ReviewContext): Reviewer {
  const reviewPod = createPodReviewer();
  return async (request) => {
    const { uid, kind, operation, subResource, object } = request;
    const key = `${kind.group}/${kind.kind}`;
    const configured = templatePathsOf(kind, context.configuration()).length === 0 ? undefined : reviewTemplate;
    const review = key === PODS ? reviewPod : (REVIEWERS.get(key) ?? configured);
    const judged = operation === 'CREATE' || operation === 'UPDATE';
    if (review === undefined || !judged || subResource !== '' || !isObject(object)) {
      return skipped(uid, 'other-operation');
    }
    const deleted = valueAt(object, ['metadata', 'deletionTimestamp']);
    if (deleted !== undefined && deleted !== null) return skipped(uid, 'being-deleted');
    const once = askedOnce(context);
    // A Namespace's own labels are in the review; everything else is for its own namespace only.
    if (review !== reviewNamespace && (await isStranger(request.namespace, once))) {
      return skipped(uid, 'namespace-not-opted-in');
    }
    return review({ ...request, operation, object }, once);
  };
}

/**
 * The Pod of a first apply comes a second or two before the lock of its revision. Until that is there the kubelet would try its
 * mount again after 0.5, 1 and 2 s, and the Pod would need a second init container in case there is no lock: it is worth a
 * moment's wait.
 */
import { FUNCTION_LABEL, INIT_CONTAINERS, REVISION_ANNOTATION } from '../function/keys.ts';
import { namesOf, parseStamp } from '../function/stamp.ts';
import { isObject } from '../kubernetes/object.ts';
import { partsOf, sizeOf } from './same-pod.ts';
import type { AdmissionRequest } from './review.ts';
import type { ReviewContext } from './review-context.ts';

/** Characters and fields of a Pod; the review of a larger one has others wait for its turn. */
const LARGEST_TEMPLATE = 32 * 1024;

/** @returns the milliseconds of the wait, 0 if there was none */
export async function untilStored(
  { kind, subResource, operation, dryRun, namespace, object }: AdmissionRequest,
  { revisions }: Pick<ReviewContext, 'revisions'>,
): Promise<number> {
  const isNewPod = kind.group === '' && kind.kind === 'Pod' && subResource === '' && operation === 'CREATE';
  if (!isNewPod || dryRun || object === undefined) return 0;
  if (revisions?.untilStored === undefined || !revisions.isFollowed()) return 0;
  const template = partsOf(object);
  const { labels, annotations, spec } = template;
  const text = isObject(annotations) ? annotations[REVISION_ANNOTATION] : undefined;
  const stamp = typeof text === 'string' ? parseStamp(text) : undefined;
  if (stamp === undefined || typeof labels?.[FUNCTION_LABEL] !== 'string' || isInjected(spec)) return 0;
  const names = namesOf(stamp);
  // Nearly always: a Pod is measured only if it may have to wait.
  if (revisions.areStored?.(namespace, names) === true) return 0;
  if (sizeOf(template, LARGEST_TEMPLATE) > LARGEST_TEMPLATE) return 0;
  return revisions.untilStored(namespace, names);
}

/** The same Pod comes again after other webhooks; what it was injected with is there by then, or is not waited for. */
function isInjected(spec: unknown): boolean {
  const containers = isObject(spec) ? spec.initContainers : undefined;
  return (
    Array.isArray(containers) &&
    containers.some((container: unknown) => isObject(container) && container.name === INIT_CONTAINERS.prepare)
  );
}

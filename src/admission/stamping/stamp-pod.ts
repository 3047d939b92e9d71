/**
 * A Pod that no stamped template made: of an Argo Workflow, a Tekton TaskRun, an operator, or a person. It gets the revision
 * that its source is when it is created, so that whatever happens to it later starts the same code and packages.
 *
 * Fields: metadata.annotations["buildless.dev/revision"]
 */
import { REVISION_ANNOTATION } from '../../function/keys.ts';
import { inspect } from '../../inject/inject.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { PodLike } from '../../kubernetes/pod.ts';
import type { ReviewContext } from '../review-context.ts';
import { factsOf } from '../review-namespace.ts';
import { liveMarks } from './live-revision.ts';
import { isOwnedByStamped } from './workload.ts';

/** Whether nothing but the Pod itself can name a revision for it: a template that names none has its reasons. */
export const isMadeDirectly = (pod: KubernetesObject): boolean => !isOwnedByStamped(pod);

/**
 * @param object the Pod as it came
 * @returns the same Pod if it has a revision, gets none, or no controller works, which would store one
 */
export async function stampPod<Pod extends PodLike>(
  pod: Pod,
  object: KubernetesObject,
  namespace: string,
  context: ReviewContext,
): Promise<Pod> {
  const { annotations } = pod.metadata ?? {};
  if (annotations?.[REVISION_ANNOTATION] !== undefined || !isMadeDirectly(object)) return pod;
  const inspection = inspect(pod, context.configuration());
  if (inspection.kind !== 'function' || context.revisions?.isFollowed() !== true) return pod;
  // A minimum release age has verdicts of the controller, which it makes for the revisions of workloads.
  if ((await factsOf(namespace, context)).releaseRules !== undefined) return pod;
  const marks = await liveMarks(namespace, inspection.definition, context);
  if (marks === undefined) return pod;
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations: { ...annotations, [REVISION_ANNOTATION]: marks.stamp } },
  };
}

/**
 * Pods, in their final state: a Function that was not injected would start without its code. Of updates only the image can
 * change what a Pod runs. Admitted Pods are remembered: the replicas of a template are not judged again.
 */
import { FUNCTION_LABEL } from '../../function/keys.ts';
import { parsePod } from '../../function/pod-shape.ts';
import { inspect } from '../../inject/inject.ts';
import type { Finding } from '../../outcome/finding.ts';
import { labelField } from '../../outcome/place.ts';
import { inDryRun } from '../dry-run.ts';
import { endingSoon } from '../dependencies.ts';
import { judgePod } from '../judge-pod.ts';
import { isOfOther } from '../other-versions.ts';
import { subjectOf } from '../mutate.ts';
import { concluded, refused, skipped } from '../response.ts';
import { RepeatedPods } from '../repeated-pods.ts';
import type { Verdict } from '../review.ts';
import { markersIn, updateOfInjected } from '../running-image.ts';
import type { ReviewContext } from '../review-context.ts';
import type { KindReviewer, ObjectRequest } from './kind.ts';

export function createPodReviewer(): KindReviewer {
  const repeated = new RepeatedPods();
  return async (request, context) => {
    const { uid, operation, namespace, object } = request;
    if (operation === 'UPDATE') return reviewUpdate(request, context);
    const review = repeated.review(object, namespace, context);
    const earlier = await review.earlier();
    if (earlier !== undefined) return { ...earlier, response: { ...earlier.response, uid } };
    const verdict = await reviewPod(request, review.context);
    if (verdict.outcome === 'admitted') await review.remember(verdict);
    return verdict;
  };
}

function reviewUpdate(
  { uid, kind, namespace, name, object, oldObject }: ObjectRequest,
  context: ReviewContext,
): Verdict {
  const update = updateOfInjected(object, oldObject);
  if (update === undefined || context.configuration().mode === 'disabled') return skipped(uid, 'other-operation');
  const findings = markersIn(update.pod, update.before);
  return findings.length === 0
    ? skipped(uid, 'unchanged')
    : refused(uid, subjectOf(update.pod, kind.kind, namespace, name), findings);
}

const reviewPod: KindReviewer = async (request, context) => {
  const { uid, namespace, name, kind, object, dryRun } = request;
  const parsed = parsePod(object);
  if ('findings' in parsed) return refused(uid, `${kind.kind} ${namespace}/${name}`, parsed.findings);
  const { pod } = parsed;
  const subject = subjectOf(pod, kind.kind, namespace, name);
  const inspection = inspect(pod, context.configuration());
  switch (inspection.kind) {
    case 'skip':
      return skipped(uid, inspection.code);
    case 'injected': {
      const { injection, dependencies, facts } = await judgePod(pod, namespace, context);
      const why = injection.outcome === 'refused' ? injection.findings : [];
      return concluded(uid, subject, {
        findings: [...why, ...dependencies.enforced],
        warnings: [
          ...facts.warnings,
          ...dependencies.warned,
          ...(dependencies.unchecked ?? []),
          ...endingSoon(dependencies),
        ],
        audited: dependencies.audited,
        levels: facts.levels,
      });
    }
    case 'function':
    case 'refused': {
      const { injection, dependencies, facts } = await judgePod(pod, namespace, context);
      if (await isOfOther(inspection, request, context)) {
        const { enforced, warned, audited } = dependencies;
        const warnings = [...facts.warnings, ...warned, ...endingSoon(dependencies)];
        return concluded(uid, subject, {
          findings: [...facts.findings, ...enforced],
          warnings,
          audited,
          levels: facts.levels,
        });
      }
      const why = injection.outcome === 'refused' ? injection.findings : [NOT_INJECTED];
      const { findings, warnings } = dryRun ? inDryRun(why) : { findings: why, warnings: [] };
      return concluded(uid, subject, { findings: [...findings, ...dependencies.enforced], warnings, audited: [] });
    }
  }
};

const NOT_INJECTED: Finding = {
  code: 'not-injected',
  field: labelField(FUNCTION_LABEL),
  problem: 'the Pod is a Function and was not injected, because the mutating webhook was not called or did not answer',
  fix: 'see that it is registered and its Pods are Ready, then create the Pod again; controllers do so automatically',
};

/**
 * Pods, in their final state: a Function that was not injected would start without its code. Only on CREATE, as an update
 * of a running Pod (a label, a finalizer) changes nothing of what it runs.
 */
import { FUNCTION_LABEL, STATUS_ANNOTATION, VOLUMES } from '../../function/keys.ts';
import { parsePod } from '../../function/pod-shape.ts';
import { inspect, lostFrom } from '../../inject/inject.ts';
import type { PodLike } from '../../inject/injection.ts';
import { parseStatus } from '../../inject/status.ts';
import type { Finding } from '../../outcome/finding.ts';
import { factsOf, judgePod, judgeSource } from '../judge-pod.ts';
import { subjectOf } from '../mutate.ts';
import { concluded, refused, skipped } from '../response.ts';
import type { KindReviewer } from './kind.ts';

export const reviewPod: KindReviewer = async ({ uid, operation, namespace, name, kind, object }, surroundings) => {
  if (operation !== 'CREATE') return skipped(uid, 'other-operation');
  const parsed = parsePod(object);
  if ('findings' in parsed) return refused(uid, `${kind.kind} ${namespace}/${name}`, parsed.findings);
  const { pod } = parsed;
  const subject = subjectOf(pod, kind.kind, namespace, name);
  const inspection = inspect(pod, surroundings.configuration());
  switch (inspection.kind) {
    case 'skip':
      return skipped(uid, inspection.code);
    case 'injected': {
      const facts = await factsOf(namespace, surroundings);
      const { enforced, warned, audited } = await judgeSource(pod, namespace, surroundings, facts);
      return concluded(uid, subject, {
        findings: [...facts.findings, ...enforced],
        warnings: [...facts.warnings, ...warned],
        audited,
        levels: facts.levels,
      });
    }
    case 'function':
    case 'refused': {
      const lost = takenOut(pod);
      if (lost !== undefined) return refused(uid, subject, [lost]);
      const { injection, dependencies } = await judgePod(pod, namespace, surroundings);
      const why = injection.outcome === 'refused' ? injection.findings : [NOT_INJECTED];
      return refused(uid, subject, [...why, ...dependencies.enforced]);
    }
  }
};

const NOT_INJECTED: Finding = {
  code: 'not-injected',
  field: `metadata.labels[${FUNCTION_LABEL}]`,
  problem: 'the Pod is a Function and was not injected, because the mutating webhook was not called or did not answer',
  fix: 'see that it is registered and its Pods are Ready, then create the Pod again; controllers do so by themselves',
};

/** Tells of what the injection added and somebody took out again. */
function takenOut(pod: PodLike): Finding | undefined {
  const status = parseStatus(pod.metadata?.annotations?.[STATUS_ANNOTATION]);
  const lost = status === undefined ? [] : lostFrom(pod, status);
  if (status === undefined || lost.length === 0) return undefined;
  // An API server without the feature takes such volumes out of each new Pod and says nothing
  // (https://kubernetes.io/docs/concepts/storage/volumes/#image).
  const noImageVolumes = status.source.type === 'image' && lost.includes(VOLUMES.source);
  return {
    code: 'not-injected',
    field: `metadata.annotations[${STATUS_ANNOTATION}]`,
    problem: `the injection added ${lost.map((name) => `"${name}"`).join(', ')}, which the Pod does not have any more`,
    fix: noImageVolumes
      ? 'have the feature gate ImageVolume enabled in the cluster, or use another kind of source: the API server takes image volumes out without it'
      : 'see which other webhook takes it out, or remove this annotation where the Pod was copied from another',
  };
}

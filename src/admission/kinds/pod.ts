/**
 * Pods, in their final state: a Function that was not injected would start without its code. Only on CREATE, as an update
 * of a running Pod (a label, a finalizer) changes nothing of what it runs.
 */
import { FUNCTION_LABEL } from '../../function/keys.ts';
import { parsePod } from '../../function/pod-shape.ts';
import { inspect } from '../../inject/inject.ts';
import type { Finding } from '../../outcome/finding.ts';
import { judgePod } from '../judge-pod.ts';
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
      const { injection, dependencies, facts } = await judgePod(pod, namespace, surroundings);
      const why = injection.outcome === 'refused' ? injection.findings : [];
      return concluded(uid, subject, {
        findings: [...why, ...dependencies.enforced],
        warnings: [...facts.warnings, ...dependencies.warned],
        audited: dependencies.audited,
        levels: facts.levels,
      });
    }
    case 'function':
    case 'refused': {
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

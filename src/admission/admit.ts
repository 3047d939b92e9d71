import type { PodLike } from '../kubernetes/pod.ts';
import type { Injection } from '../inject/injection.ts';
import { judgePod } from './judge-pod.ts';
import type { ReviewContext } from './review-context.ts';

/**
 * Both halves of the admission in one: injects a Pod or template and judges its dependencies. For the command, where no
 * API server calls one after the other.
 */
export async function admit<Pod extends PodLike>(
  pod: Pod,
  namespace: string,
  context: ReviewContext,
): Promise<Injection<Pod>> {
  const { injection, dependencies } = await judgePod(pod, namespace, context);
  const warnings = [
    ...injection.warnings,
    ...dependencies.warned,
    ...(dependencies.unchecked ?? []),
    ...(dependencies.excepted ?? []),
  ];
  const refusals = injection.outcome === 'refused' ? injection.findings : [];
  const findings = [...refusals, ...dependencies.enforced];
  return findings.length > 0 ? { outcome: 'refused', findings, warnings } : { ...injection, warnings };
}

import { namespaceFacts } from '../function/namespace.ts';
import type { Injection, PodLike } from '../inject/injection.ts';
import { judgeFunction } from './dependencies.ts';
import { injectPod } from './mutate.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Both halves of the admission in one: injects a Pod or template and judges its dependencies. For the command, where no
 * API server calls one after the other.
 */
export async function admit<Pod extends PodLike>(
  pod: Pod,
  namespace: string,
  surroundings: Surroundings,
): Promise<Injection<Pod>> {
  const injection = await injectPod(pod, namespace, surroundings);
  if (injection.outcome !== 'injected') return injection;
  const { dependencies } = surroundings.configuration();
  const { levels } = namespaceFacts(await surroundings.namespaceLabels(namespace), dependencies);
  const { enforced, warnings } = await judgeFunction(injection.status, namespace, surroundings, levels);
  const all = [...injection.warnings, ...warnings];
  return enforced.length > 0
    ? { outcome: 'refused', findings: enforced, warnings: all }
    : { ...injection, warnings: all };
}

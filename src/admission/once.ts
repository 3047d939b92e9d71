import { NO_LIMITS, type NamespaceLimits } from '../function/namespace-limits.ts';
import { formatSource } from '../function/source.ts';
import { keyOf } from './judgement.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The surroundings of one review: each fact is asked for once, as an API server that is down costs seconds each time, and
 * what is known stays the same until the answer.
 */
export function askedOnce(surroundings: Surroundings): Surroundings {
  const configuration = surroundings.configuration();
  const limits = new Map<string, NamespaceLimits>();
  const labels = new Map<string, ReturnType<Surroundings['namespaceLabels']>>();
  const sources = new Map<string, ReturnType<Surroundings['readSource']>>();
  const judgements = new Map<string, ReturnType<Surroundings['judge']>>();
  return {
    // Asked for once, by one kind of review.
    ...surroundings,
    configuration: () => configuration,
    namespaceLimits: (name) => first(limits, name, () => surroundings.namespaceLimits?.(name) ?? NO_LIMITS),
    namespaceLabels: (name) => first(labels, name, () => surroundings.namespaceLabels(name)),
    readSource: (namespace, reference) =>
      first(sources, `${namespace} ${formatSource(reference)}`, () => surroundings.readSource(namespace, reference)),
    judge: (question) =>
      first(judgements, `${question.digest} ${keyOf(question.basis)}`, () => surroundings.judge(question)),
  };
}

function first<Value>(known: Map<string, Value>, key: string, ask: () => Value): Value {
  const value = known.get(key) ?? ask();
  known.set(key, value);
  return value;
}

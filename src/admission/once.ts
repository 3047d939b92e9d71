import { NO_LIMITS, type NamespaceLimits } from '../function/namespace-limits.ts';
import { formatSource, type SourceReference } from '../function/source.ts';
import type { SourceQuestion } from './judgement.ts';
import type { Surroundings } from './surroundings.ts';

export interface AskedOnce extends Surroundings {
  /** Of the source that was read last. */
  readonly lastReference: () => SourceReference | undefined;
}

/**
 * The surroundings of one review: each fact is asked for once, as an API server that is down costs seconds each time, and
 * what is known stays the same until the answer. A review has one namespace and one source, so the last answer of each kind
 * is all that is kept.
 */
export function askedOnce(surroundings: Surroundings): AskedOnce {
  const configuration = surroundings.configuration();
  let limits: { readonly of: string; readonly answer: NamespaceLimits } | undefined;
  let labels: { readonly of: string; readonly answer: ReturnType<Surroundings['namespaceLabels']> } | undefined;
  let source: Asked<{ readonly namespace: string; readonly reference: SourceReference }, 'readSource'> | undefined;
  let judgement: Asked<SourceQuestion, 'judge'> | undefined;
  return {
    lastReference: () => source?.of.reference,
    configuration: () => configuration,
    // Asked for once, by one kind of review.
    pods: surroundings.pods,
    namespaceLimits: (of) => {
      if (limits?.of !== of) limits = { of, answer: surroundings.namespaceLimits?.(of) ?? NO_LIMITS };
      return limits.answer;
    },
    namespaceLabels: (of) => {
      if (labels?.of !== of) labels = { of, answer: surroundings.namespaceLabels(of) };
      return labels.answer;
    },
    readSource: (namespace, reference) => {
      if (source?.of.namespace !== namespace || !isSame(source.of.reference, reference)) {
        source = { of: { namespace, reference }, answer: surroundings.readSource(namespace, reference) };
      }
      return source.answer;
    },
    judge: (of) => {
      if (judgement?.of.digest !== of.digest || judgement.of.basis !== of.basis) {
        judgement = { of, answer: surroundings.judge(of) };
      }
      return judgement.answer;
    },
  };
}

interface Asked<Question, Fact extends 'readSource' | 'judge'> {
  readonly of: Question;
  readonly answer: ReturnType<Surroundings[Fact]>;
}

const isSame = (one: SourceReference, other: SourceReference): boolean =>
  one === other || formatSource(one) === formatSource(other);

import { NOTHING_DENIED } from '../denied/list.ts';
import { NO_EXCEPTIONS } from '../exceptions/exceptions.ts';
import { NO_LIMITS, type NamespaceLimits } from '../namespace/limits.ts';
import { formatSource, type SourceReference } from '../function/source.ts';
import type { SourceQuestion } from './judgement.ts';
import type { Revisions } from './revisions.ts';
import type { ReviewContext } from './review-context.ts';

/** What was asked about the source of a review, and about its revisions. */
export type Question =
  | { readonly about: 'source'; readonly reference: SourceReference }
  | { readonly about: 'files' | 'lock'; readonly name: string }
  | { readonly about: 'followed' }
  | { readonly about: 'other-version' };

/** Every part of a context, so that the compiler asks here for one that is added. */
type EveryPart = { readonly [Part in keyof Required<ReviewContext>]: ReviewContext[Part] };

export interface AskedOnce extends EveryPart {
  readonly namespaceLimits: NonNullable<ReviewContext['namespaceLimits']>;
  readonly denied: NonNullable<ReviewContext['denied']>;
  readonly exceptions: NonNullable<ReviewContext['exceptions']>;
  /** So far, in order. */
  readonly asked: () => readonly Question[];
}

/**
 * The context of one review: each fact is asked for once, as an API server that is down costs seconds each time, and
 * what is known stays the same until the answer. A review has one namespace, and most have one source and no revision, so the
 * answers are in short lists.
 */
export function askedOnce(context: ReviewContext): AskedOnce {
  const configuration = context.configuration();
  const denied = context.denied?.() ?? NOTHING_DENIED;
  const exceptions = context.exceptions?.() ?? NO_EXCEPTIONS;
  let limits: { readonly of: string; readonly answer: NamespaceLimits } | undefined;
  let labels: { readonly of: string; readonly answer: ReturnType<ReviewContext['namespaceLabels']> } | undefined;
  const sources: Asked<{ readonly namespace: string; readonly reference: SourceReference }, 'readSource'>[] = [];
  const { otherVersions } = context;
  let othersAsked = false;
  let judgement: Asked<SourceQuestion, 'judge'> | undefined;
  const revisions = context.revisions === undefined ? undefined : revisionsOnce(context.revisions);
  return {
    asked: () => [
      ...sources.map(({ of: { reference } }) => ({ about: 'source' as const, reference })),
      ...(revisions?.asked() ?? []),
      ...(othersAsked ? [{ about: 'other-version' as const }] : []),
    ],
    configuration: () => configuration,
    denied: () => denied,
    exceptions: () => exceptions,
    // Asked for once, by one kind of review.
    pods: context.pods,
    now: context.now,
    installPlan: context.installPlan,
    revisions,
    otherVersions: otherVersions && {
      serve: otherVersions.serve,
      admit: (...review) => {
        othersAsked = true;
        return otherVersions.admit(...review);
      },
    },
    namespaceLimits: (of) => {
      if (limits?.of !== of) limits = { of, answer: context.namespaceLimits?.(of) ?? NO_LIMITS };
      return limits.answer;
    },
    namespaceLabels: (of) => {
      if (labels?.of !== of) labels = { of, answer: context.namespaceLabels(of) };
      return labels.answer;
    },
    readSource: (namespace, reference) => {
      const known = sources.find(({ of }) => of.namespace === namespace && isSame(of.reference, reference));
      if (known !== undefined) return known.answer;
      const answer = context.readSource(namespace, reference);
      sources.push({ of: { namespace, reference }, answer });
      return answer;
    },
    judge: (of) => {
      if (judgement?.of.digest !== of.digest || judgement.of.basis !== of.basis) {
        judgement = { of, answer: context.judge(of) };
      }
      return judgement.answer;
    },
  };
}

interface Asked<Subject, Fact extends 'readSource' | 'judge'> {
  readonly of: Subject;
  readonly answer: ReturnType<ReviewContext[Fact]>;
}

const isSame = (one: SourceReference, other: SourceReference): boolean =>
  one === other || formatSource(one) === formatSource(other);

type AskedRevisions = Revisions & Pick<AskedOnce, 'asked'>;

function revisionsOnce(revisions: Revisions): AskedRevisions {
  let followed: boolean | undefined;
  const files: Named<'files'>[] = [];
  const locks: Named<'lock'>[] = [];
  return {
    asked: () => [
      ...files.map(({ name }) => ({ about: 'files' as const, name })),
      ...locks.map(({ name }) => ({ about: 'lock' as const, name })),
      ...(followed === undefined ? [] : [{ about: 'followed' as const }]),
    ],
    isFollowed: () => (followed ??= revisions.isFollowed()),
    files: (namespace, name) => {
      const known = files.find((each) => each.namespace === namespace && each.name === name);
      if (known !== undefined) return known.answer;
      const answer = revisions.files(namespace, name);
      files.push({ namespace, name, answer });
      return answer;
    },
    lock: (namespace, name) => {
      const known = locks.find((each) => each.namespace === namespace && each.name === name);
      if (known !== undefined) return known.answer;
      const answer = revisions.lock(namespace, name);
      locks.push({ namespace, name, answer });
      return answer;
    },
  };
}

interface Named<Kind extends 'files' | 'lock'> {
  readonly namespace: string;
  readonly name: string;
  readonly answer: ReturnType<Revisions[Kind]>;
}

import type { Configuration } from '../config/configuration.ts';
import type { DeniedList } from '../denied/list.ts';
import type { Exceptions } from '../exceptions/exceptions.ts';
import { FUNCTION_LABEL } from '../function/keys.ts';
import { LabelsUnreachable, type NamespaceLabels } from '../namespace/namespace.ts';
import type { Source } from '../function/source.ts';
import type { JsonObject } from '../json/object.ts';
import { askedOnce, type Question } from './once.ts';
import { isSameTemplate, partsOf, sizeOf, type TemplateParts } from './same-pod.ts';
import type { Verdict } from './review.ts';
import type { ReviewContext } from './review-context.ts';
import { isMadeDirectly } from './stamping/stamp-pod.ts';

/** Templates that are remembered, of a Function the latest. */
const MOST_TEMPLATES = 256;
/** Characters and fields of a template; one that is larger costs memory that it does not save in time. */
const LARGEST_TEMPLATE = 64 * 1024;

/** A Pod that was injected, with all that its injection depended on, and the answer. */
interface Remembered {
  readonly template: TemplateParts;
  readonly configuration: Configuration;
  readonly denied: DeniedList;
  readonly exceptions: Exceptions;
  readonly installPlan: ReviewContext['installPlan'];
  readonly labels: NamespaceLabels;
  /** Stands for the limits of the namespace. */
  readonly limits: string;
  /** What was asked about its source and its revision, each with what stands for the answer. */
  readonly asked: readonly (readonly [Question, string])[];
  readonly verdict: Verdict;
}

/** One review of a Pod. */
export interface PodReview {
  /** What it is told, noted on the way; it is asked for nothing twice, as an API server that is down costs seconds each time. */
  readonly context: ReviewContext;
  /** @returns the answer that the Pod's predecessor got; undefined if there is none, or anything has changed since */
  readonly earlier: () => Promise<Verdict | undefined>;
  /** Keeps the answer for the Pods that follow. */
  readonly remember: (verdict: Verdict) => Promise<void>;
}

/**
 * Answers for Pods of a template of which one was injected before: a Deployment's replicas, a rollout, a Job's retries. An
 * injection is a function of the Pod's labels, annotations and spec, of the configuration, what is denied, the namespace's labels, the
 * source and its revision; if all of these are what they were, so is the patch. Everything is compared, nothing is hashed.
 */
export class RepeatedPods {
  readonly #remembered = new Map<string, Remembered>();

  review(pod: JsonObject, namespace: string, context: ReviewContext): PodReview {
    const template = partsOf(pod);
    const label = template.labels?.[FUNCTION_LABEL];
    // Anything but a string is refused for its shape.
    // One that is made directly gets a revision of its own.
    const maker = isMadeDirectly(pod) ? 'directly' : 'template';
    const key = `${namespace}/${typeof label === 'string' ? label : ''} ${maker}`;
    const once = askedOnce(context);
    const configuration = once.configuration();
    const denied = once.denied();
    const exceptions = once.exceptions();
    const { installPlan } = once;
    const limits = once.namespaceLimits(namespace);
    return {
      context: once,
      earlier: async () => {
        const remembered = this.#remembered.get(key);
        if (remembered?.configuration !== configuration || remembered.limits !== limits.identity) return undefined;
        if (remembered.installPlan !== installPlan || remembered.denied !== denied) return undefined;
        // Others apply from the next day on.
        if (remembered.exceptions !== exceptions) return undefined;
        if (!isSameTemplate(remembered.template, template)) return undefined;
        const [labels, ...answers] = await Promise.all([
          once.namespaceLabels(namespace),
          ...remembered.asked.map(([question]) => answerTo(question, namespace, once)),
        ]);
        if (!areSameLabels(labels, remembered.labels)) return undefined;
        if (!remembered.asked.every(([, answer], index) => answers[index] === answer)) return undefined;
        this.#keep(key, remembered);
        return remembered.verdict;
      },
      remember: async (verdict) => {
        const questions = once.asked();
        // A Pod that asks for nothing is not a Function.
        if (questions.length === 0 || sizeOf(template, LARGEST_TEMPLATE) > LARGEST_TEMPLATE) return;
        const known = await once.namespaceLabels(namespace);
        if (known instanceof LabelsUnreachable) return;
        const asked: [Question, string][] = [];
        for (const question of questions) {
          const answer = await answerTo(question, namespace, once);
          if (answer === undefined) return;
          asked.push([question, answer]);
        }
        this.#keep(key, {
          template,
          configuration,
          denied,
          exceptions,
          installPlan,
          labels: { ...known },
          limits: limits.identity,
          asked,
          verdict,
        });
      },
    };
  }

  #keep(key: string, remembered: Remembered): void {
    // A Map keeps the order of insertion: the first is the one that was not asked for in the longest time.
    this.#remembered.delete(key);
    this.#remembered.set(key, remembered);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MOST_TEMPLATES && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

/** What stands for the answer to a question; undefined if it may be another one the next time. */
async function answerTo(
  question: Question,
  namespace: string,
  { readSource, revisions }: Pick<ReviewContext, 'readSource' | 'revisions'>,
): Promise<string | undefined> {
  switch (question.about) {
    case 'source':
      return identityOf(await readSource(namespace, question.reference));
    // It is over within a minute.
    case 'other-version':
      return undefined;
    case 'followed':
      return String(revisions?.isFollowed());
    case 'files':
    case 'lock': {
      const stored = await revisions?.[question.about](namespace, question.name);
      if (stored === undefined || stored.type === 'unreachable') return undefined;
      return 'digest' in stored ? stored.digest : stored.type;
    }
  }
}

/** Undefined for what no Pod is injected with, or what may be another thing the next time. */
function identityOf(source: Source): string | undefined {
  switch (source.type) {
    case 'files':
      return `${source.digest} ${source.labelled ? 'labelled' : 'unlabelled'}`;
    case 'opaque':
      return 'opaque';
    case 'missing':
    case 'revision-missing':
    case 'unreachable':
    case 'invalid':
      return undefined;
  }
}

function areSameLabels(one: NamespaceLabels | LabelsUnreachable, other: NamespaceLabels): boolean {
  if (one instanceof LabelsUnreachable) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

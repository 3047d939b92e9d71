import type { Configuration } from '../config/configuration.ts';
import { FUNCTION_LABEL } from '../function/keys.ts';
import { LabelsUnreachable, type NamespaceLabels } from '../function/namespace.ts';
import type { Source } from '../function/source.ts';
import { isSameTemplate, partsOf, sizeOf, type TemplateParts } from './pod-template.ts';
import type { Verdict } from './review.ts';
import type { Surroundings } from './surroundings.ts';

/** Templates that are remembered, of a Function the latest: together at most 32 MB, most often 2. */
const MOST_TEMPLATES = 256;
/** Characters and fields of a template; one that is larger costs memory that it does not save in time. */
const LARGEST_TEMPLATE = 64 * 1024;

/** What an injection is told by its surroundings; the digest stands for the files. */
interface Told {
  readonly configuration: Configuration;
  readonly labels: NamespaceLabels;
  readonly source: string | undefined;
}

interface Remembered {
  readonly template: TemplateParts;
  readonly told: Told;
  /** The source of the Function, asked for again. */
  readonly ask: (surroundings: Surroundings) => Promise<Source>;
  readonly verdict: Verdict;
}

/**
 * Answers for Pods of a template of which one was injected before: a Deployment's replicas, a rollout, a Job's retries. An
 * injection is a function of the Pod's labels, annotations and spec, of the configuration, the namespace's labels and the
 * source; where all of these are what they were, so is the patch. Everything is compared, nothing is hashed.
 */
export class RepeatedPods {
  readonly #remembered = new Map<string, Remembered>();

  /** @returns the answer that the Pod's predecessor got; undefined where there is none, or anything has changed since */
  async answerTo(
    pod: Readonly<Record<string, unknown>>,
    namespace: string,
    surroundings: Surroundings,
  ): Promise<Verdict | undefined> {
    const parts = partsOf(pod);
    const remembered = this.#remembered.get(keyOf(parts, namespace));
    if (remembered?.told.configuration !== surroundings.configuration()) return undefined;
    if (!isSameTemplate(remembered.template, parts)) return undefined;
    const labels = await surroundings.namespaceLabels(namespace);
    if (labels instanceof LabelsUnreachable || !areSameLabels(labels, remembered.told.labels)) return undefined;
    return identityOf(await remembered.ask(surroundings)) === remembered.told.source ? remembered.verdict : undefined;
  }

  /** The surroundings for one review, which note what they are asked; `remember` is for its answer. */
  watch(
    pod: Readonly<Record<string, unknown>>,
    namespace: string,
    surroundings: Surroundings,
  ): { readonly surroundings: Surroundings; readonly remember: (verdict: Verdict) => void } {
    const configuration = surroundings.configuration();
    let labels: NamespaceLabels | LabelsUnreachable | undefined;
    let told: { readonly source: string | undefined; readonly ask: Remembered['ask'] } | undefined;
    return {
      surroundings: {
        configuration: () => configuration,
        namespaceLabels: async (name) => (labels = await surroundings.namespaceLabels(name)),
        readSource: async (place, reference) => {
          const source = await surroundings.readSource(place, reference);
          told = { source: identityOf(source), ask: (later) => later.readSource(place, reference) };
          return source;
        },
      },
      remember: (verdict) => {
        if (labels === undefined || labels instanceof LabelsUnreachable || told?.source === undefined) return;
        const template = partsOf(pod);
        if (sizeOf(template, LARGEST_TEMPLATE) > LARGEST_TEMPLATE) return;
        const { source, ask } = told;
        this.#keep(keyOf(template, namespace), {
          template,
          told: { configuration, labels: { ...labels }, source },
          ask,
          verdict,
        });
      },
    };
  }

  #keep(key: string, remembered: Remembered): void {
    // A Map keeps the order of insertion: the first is the one that was not injected for the longest time.
    this.#remembered.delete(key);
    this.#remembered.set(key, remembered);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MOST_TEMPLATES && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

const keyOf = ({ labels }: TemplateParts, namespace: string): string =>
  `${namespace}/${String(labels?.[FUNCTION_LABEL])}`;

/** Undefined for what no Pod is injected with, or what may be another thing the next time. */
function identityOf(source: Source): string | undefined {
  switch (source.type) {
    case 'files':
      return `${source.digest} ${source.labelled ? 'labelled' : 'unlabelled'}`;
    case 'opaque':
      return 'opaque';
    case 'missing':
    case 'unreachable':
    case 'invalid':
      return undefined;
  }
}

function areSameLabels(one: NamespaceLabels, other: NamespaceLabels): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

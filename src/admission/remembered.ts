import { sizeOfContents } from '../denied/contents.ts';
import { keyOf, type SourceFacts, type SourceQuestion } from './judgement.ts';

export interface RememberedLimits {
  readonly sources: number;
  /** Of all findings and contents, about. */
  readonly characters: number;
}

/**
 * What sources were found to be, by their content and what they were judged for: a source is judged once, and not again for
 * the workload, its Pods, and whoever has the same files. Those that were not asked for in the longest time are forgotten.
 */
export class RememberedFacts {
  readonly #limits: RememberedLimits;
  readonly #facts = new Map<string, { readonly facts: SourceFacts; readonly size: number }>();
  #size = 0;

  constructor(limits: RememberedLimits) {
    this.#limits = limits;
  }

  get(question: SourceQuestion): SourceFacts | undefined {
    const key = questionKey(question);
    const known = this.#facts.get(key);
    if (known === undefined) return undefined;
    // A Map keeps the order of insertion: the first is the one that was not asked for in the longest time.
    this.#facts.delete(key);
    this.#facts.set(key, known);
    return known.facts;
  }

  set(question: SourceQuestion, facts: SourceFacts): void {
    const key = questionKey(question);
    this.#forget(key);
    const size = sizeOf(facts);
    this.#facts.set(key, { facts, size });
    this.#size += size;
    for (const oldest of this.#facts.keys()) {
      if (this.#facts.size <= this.#limits.sources && this.#size <= this.#limits.characters) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#size -= this.#facts.get(key)?.size ?? 0;
    this.#facts.delete(key);
  }
}

export const questionKey = ({ digest, basis }: SourceQuestion): string => `${digest} ${keyOf(basis)}`;

const sizeOf = ({ findings, contents }: SourceFacts): number =>
  (findings.length === 0 ? 0 : JSON.stringify(findings).length) +
  (contents === undefined ? 0 : sizeOfContents(contents));

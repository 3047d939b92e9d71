export interface BodyLimits {
  /** Of all namespaces together; twice as much is never gone beyond. */
  readonly bytes: number;
  /** Of a namespace that has some under way already. */
  readonly bytesOfNamespace: number;
}

/**
 * Room for the bodies of large reviews, so that one namespace uses up neither the memory nor the turns of the others: a body
 * for which there is none is refused after its first piece.
 */
export class BodyRoom {
  readonly #limits: BodyLimits;
  readonly #of = new Map<string, number>();
  #all = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** @returns undefined if there is no room; else what gives it back */
  take(namespace: string, bytes: number): (() => void) | undefined {
    const own = this.#of.get(namespace) ?? 0;
    // A namespace that has nothing under way may always have one.
    if (own > 0 && (own + bytes > this.#limits.bytesOfNamespace || this.#all + bytes > this.#limits.bytes))
      return undefined;
    if (this.#all + bytes > 2 * this.#limits.bytes) return undefined;
    this.#of.set(namespace, own + bytes);
    this.#all += bytes;
    return () => {
      const left = (this.#of.get(namespace) ?? 0) - bytes;
      if (left > 0) this.#of.set(namespace, left);
      else this.#of.delete(namespace);
      this.#all -= bytes;
    };
  }
}

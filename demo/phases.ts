/** Times of what was done, for the summary at the end. */
export interface Phase {
  readonly name: string;
  readonly milliseconds: number;
  readonly ok: boolean;
}

export class Phases {
  readonly #done: Phase[] = [];

  /** Does the work and notes how long it took; a failure is noted and passed on. */
  async time<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    let ok = false;
    try {
      const result = await work();
      ok = true;
      return result;
    } finally {
      this.#done.push({ name, milliseconds: performance.now() - started, ok });
    }
  }

  add(phase: Phase): void {
    this.#done.push(phase);
  }

  get done(): readonly Phase[] {
    return this.#done;
  }
}

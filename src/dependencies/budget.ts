/**
 * Steps that a judgement may take. A step is a piece of work of about a microsecond: an edge that is followed, a pair of
 * ranges that is compared, an entry that is read.
 */
const DEFAULT_STEPS = 2_000_000;

/** A source would take more steps than a judgement may. It is refused, whatever is in it. */
export class TooComplex extends Error {
  /** The limit that it went over. */
  readonly steps: number;

  constructor(steps: number) {
    super(`the judgement would take more than ${steps} steps`);
    this.name = 'TooComplex';
    this.steps = steps;
  }
}

/** Counts the steps of one judgement, so that its time has a bound for every text. */
export class Budget {
  readonly #steps: number;
  #left: number;

  constructor(steps: number = DEFAULT_STEPS) {
    this.#steps = steps;
    this.#left = steps;
  }

  /**
   * Called before the work is done.
   *
   * @throws TooComplex if fewer steps are left
   */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooComplex(this.#steps);
  }
}

interface Waiting {
  /** As performance.now() counts. */
  readonly until: number;
  readonly giveUp: () => void;
}

/** Bounds how long answers are waited for. One timer serves all reviews: one each would cost more than the log line. */
export class Deadlines {
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires. */
  #next = Infinity;

  /**
   * The value of a promise, or another one if it takes longer.
   *
   * @param late what is done then; the promise goes on, and its value is lost
   */
  inTime<Value>(milliseconds: number, promise: Promise<Value>, late: () => Value): Promise<Value> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        until: performance.now() + milliseconds,
        giveUp: () => {
          resolve(late());
        },
      };
      this.#waiting.add(waiting);
      this.#wakeAt(waiting.until);
      promise.then(
        (value) => {
          this.#waiting.delete(waiting);
          resolve(value);
        },
        (error: unknown) => {
          this.#waiting.delete(waiting);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  #wakeAt(until: number): void {
    if (until >= this.#next) return;
    clearTimeout(this.#timer);
    this.#next = until;
    this.#timer = setTimeout(() => {
      this.#giveUpLate();
    }, until - performance.now()).unref();
  }

  #giveUpLate(): void {
    this.#next = Infinity;
    const now = performance.now();
    for (const waiting of this.#waiting) {
      if (waiting.until > now) {
        this.#wakeAt(waiting.until);
      } else {
        this.#waiting.delete(waiting);
        waiting.giveUp();
      }
    }
  }
}

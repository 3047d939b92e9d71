/** Tells calls when their time is over. All have the same time, so one timer, for the oldest, does for all of them. */

export interface Timed {
  timeOut(): void;
}

export class Deadlines {
  readonly #milliseconds: number;
  /** When each began to wait, the oldest first: a Map keeps its order. */
  readonly #began = new Map<Timed, number>();
  /** Whether the timer runs. It is not stopped with the last call: the next one needs it, and setting one is the dear part. */
  #waiting = false;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** A call's time begins; one whose time was over may begin anew. */
  begin(call: Timed): void {
    this.#began.set(call, performance.now());
    if (!this.#waiting) this.#wait(this.#milliseconds);
  }

  end(call: Timed): void {
    this.#began.delete(call);
  }

  #wait(milliseconds: number): void {
    this.#waiting = true;
    setTimeout(() => {
      this.#timeOut();
    }, milliseconds);
  }

  #timeOut(): void {
    const now = performance.now();
    try {
      for (const [call, began] of this.#began) {
        if (began + this.#milliseconds > now) break;
        this.#began.delete(call);
        call.timeOut();
      }
    } finally {
      this.#waiting = false;
      const [oldest] = this.#began.values();
      // Up to a whole millisecond, or the timer would come a fraction of one early, again and again.
      if (oldest !== undefined) this.#wait(Math.ceil(oldest + this.#milliseconds - now));
    }
  }
}

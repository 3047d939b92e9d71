/** Tells calls when their time is over. All have the same time, so one timer, for the oldest, does for all of them. */

import { later, now } from './originals.ts';

export interface Timed {
  timeOut(): void;
}

/** A clock that a handler cannot replace. */
export interface Clock {
  now(): number;
  later(done: () => void, milliseconds: number): unknown;
}

export class Deadlines {
  readonly #milliseconds: number;
  readonly #clock: Clock;
  /** When each began to wait, the oldest first: a Map keeps its order. */
  readonly #began = new Map<Timed, number>();
  /** Whether the timer runs. It is not stopped with the last call: the next one needs it, and setting one is the dear part. */
  #waiting = false;

  constructor(milliseconds: number, clock: Clock = { now, later }) {
    this.#milliseconds = milliseconds;
    this.#clock = clock;
  }

  /** A call's time begins; one whose time was over may begin again. */
  begin(call: Timed): void {
    this.#began.set(call, this.#clock.now());
    if (!this.#waiting) this.#wait(this.#milliseconds);
  }

  end(call: Timed): void {
    this.#began.delete(call);
  }

  #wait(milliseconds: number): void {
    this.#waiting = true;
    this.#clock.later(() => {
      this.#timeOut();
    }, milliseconds);
  }

  #timeOut(): void {
    const moment = this.#clock.now();
    try {
      for (const [call, began] of this.#began) {
        if (began + this.#milliseconds > moment) break;
        this.#began.delete(call);
        call.timeOut();
      }
    } finally {
      this.#waiting = false;
      const [oldest] = this.#began.values();
      // Up to a whole millisecond, or the timer would come a fraction of one early, again and again.
      if (oldest !== undefined) this.#wait(Math.ceil(oldest + this.#milliseconds - moment));
    }
  }
}

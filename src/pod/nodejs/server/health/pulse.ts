/** Tells a busy thread from a dead one: it is asked for a sign of life, and answers when it gets to it. */
export class Pulse {
  /** When the oldest question was asked that is not answered yet (`performance.now()`); undefined if there is none. */
  busySince: number | undefined;
  readonly #limitSeconds: number;
  readonly #ask: () => void;

  /**
   * @param limitSeconds silence that is too long to be a call
   * @param ask sends a question to the other thread
   */
  constructor(limitSeconds: number, ask: () => void) {
    this.#limitSeconds = limitSeconds;
    this.#ask = ask;
  }

  /** What is known at a moment, from the answers to earlier questions; asks the next one. */
  feel(now: number): { readonly alive: boolean; readonly busySeconds: number } {
    if (this.busySince === undefined) {
      this.busySince = now;
      this.#ask();
      return { alive: true, busySeconds: 0 };
    }
    const busySeconds = (now - this.busySince) / 1000;
    return { alive: busySeconds <= this.#limitSeconds, busySeconds };
  }

  /** The other thread has answered. */
  answered(): void {
    this.busySince = undefined;
  }
}

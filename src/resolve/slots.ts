/** So many jobs at a time; the others wait in turn, and too many are turned away. */
export class Slots {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** @returns 'full' if too many wait already, 'gone' if the job was given up before its turn */
  async run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result | 'full' | 'gone'> {
    if (this.#running >= this.#most) {
      if (this.#waiting.length >= this.#mostWaiting) return 'full';
      if (!(await this.#turn(signal))) return 'gone';
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      // The slot goes to the next one, so that nobody comes in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /** @returns whether it came, or the job was given up */
  async #turn(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    return await new Promise((resolve) => {
      const come = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(true);
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(come), 1);
        resolve(false);
      };
      this.#waiting.push(come);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}

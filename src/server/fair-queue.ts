import { TooBusy } from '../admission/judgement.ts';

export interface FairQueueLimits {
  /** Tasks at the same time, of all keys. */
  readonly running: number;
  readonly runningOfKey: number;
  /** Tasks that wait, of all keys. A key that has none waiting may have one all the same. */
  readonly waiting: number;
  readonly waitingOfKey: number;
  /** How long a task waits for its turn. */
  readonly milliseconds: number;
}

/** Work that is done once, whoever asked for it first. */
export class Task<Result> {
  readonly result: Promise<Result | TooBusy>;
  readonly #work: () => Promise<Result>;
  #taken = false;
  #settle: (result: Result | TooBusy | Promise<Result>) => void = () => undefined;

  constructor(work: () => Promise<Result>) {
    this.#work = work;
    this.result = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Whether it has begun, or never will. */
  get taken(): boolean {
    return this.#taken;
  }

  /** @returns when the work has ended, well or not */
  async start(): Promise<void> {
    this.#taken = true;
    const working = this.#work();
    this.#settle(working);
    await working.catch(() => undefined);
  }

  giveUp(reason: TooBusy): void {
    if (this.#taken) return;
    this.#taken = true;
    this.#settle(reason);
  }
}

type Waiting = Pick<Task<unknown>, 'taken' | 'start' | 'giveUp' | 'result'>;

/**
 * Shares turns fairly between keys (namespaces): each has a line of its own, and the lines take turns. Whoever asks for more than a
 * line holds is turned away at once, and whoever waits too long is turned away then, so that every answer comes in time.
 */
export class FairQueue {
  readonly #limits: FairQueueLimits;
  /** In the order of their turns. */
  readonly #lines = new Map<string, Waiting[]>();
  readonly #runningOf = new Map<string, number>();
  #running = 0;
  #waiting = 0;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Whether a key other than this one waits. */
  othersWait(key: string): boolean {
    return this.#lines.size > (this.#lines.has(key) ? 1 : 0);
  }

  run<Result>(key: string, work: () => Promise<Result>): Promise<Result | TooBusy> {
    const created = new Task(work);
    const refused = this.add(key, created);
    return refused === undefined ? created.result : Promise.resolve(refused);
  }

  /**
   * Gives a task a turn in the line of a key. It may have one in another line already: whichever comes first holds.
   *
   * @returns why it gets none
   */
  add(key: string, added: Waiting): TooBusy | undefined {
    const line = this.#lines.get(key) ?? [];
    const { waiting, waitingOfKey, milliseconds } = this.#limits;
    if (line.length >= waitingOfKey) {
      return new TooBusy(`${line.length} reviews of the namespace are waiting already`);
    }
    if (this.#waiting >= waiting && line.length > 0) {
      return new TooBusy(`${this.#waiting} reviews are waiting already`);
    }
    line.push(added);
    this.#lines.set(key, line);
    this.#waiting += 1;
    this.#next();
    if (added.taken) return undefined;
    const timer = setTimeout(() => {
      added.giveUp(new TooBusy(`the reviews before it took longer than ${milliseconds / 1000} s`));
      this.#sweep();
    }, milliseconds);
    const stop = (): void => {
      clearTimeout(timer);
    };
    added.result.then(stop, stop);
    return undefined;
  }

  #next(): void {
    const { running, runningOfKey } = this.#limits;
    for (const [key, line] of this.#lines) {
      if (this.#running >= running) return;
      if ((this.#runningOf.get(key) ?? 0) >= runningOfKey) continue;
      this.#lines.delete(key);
      const first = this.#takeFirst(line);
      // Behind all others.
      if (line.length > 0) this.#lines.set(key, line);
      if (first !== undefined) this.#start(key, first);
    }
  }

  #takeFirst(line: Waiting[]): Waiting | undefined {
    for (;;) {
      const first = line.shift();
      if (first === undefined) return undefined;
      this.#waiting -= 1;
      if (!first.taken) return first;
    }
  }

  #start(key: string, started: Waiting): void {
    this.#running += 1;
    this.#runningOf.set(key, (this.#runningOf.get(key) ?? 0) + 1);
    const ended = (): void => {
      this.#running -= 1;
      const left = (this.#runningOf.get(key) ?? 1) - 1;
      if (left === 0) this.#runningOf.delete(key);
      else this.#runningOf.set(key, left);
      this.#next();
    };
    started.start().then(ended, ended);
  }

  /** Takes what was given up out of the lines. */
  #sweep(): void {
    for (const [key, line] of this.#lines) {
      const left = line.filter((waiting) => !waiting.taken);
      this.#waiting -= line.length - left.length;
      if (left.length === 0) this.#lines.delete(key);
      else this.#lines.set(key, left);
    }
  }
}

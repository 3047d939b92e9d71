import { setMaxListeners } from 'node:events';

/** What to do again, and in how many milliseconds; undefined if something else will ask for it. */
export type Again = number | undefined;

export interface WorkQueueOptions {
  readonly work: (key: string, signal: AbortSignal) => Promise<Again>;
  /** Keys worked on at the same time; one key never is twice. */
  readonly atOnce: number;
  /** The work threw: it is tried again, later each time. */
  readonly failed: (key: string, error: unknown) => void;
}

const FIRST_BACKOFF = 200;
const LONGEST_BACKOFF = 30_000;
/** Work that waits for nothing would keep everything else waiting: thousands of keys, each for a moment. */
const LONGEST_TURN = 10;

/** Keys to work on, each once however often it was added meanwhile, as client-go's workqueue has it. */
export class WorkQueue {
  private readonly waiting = new Set<string>();
  private readonly running = new Set<string>();
  /** Added while their work went on. */
  private readonly dirty = new Set<string>();
  private readonly timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly at: number }>();
  private readonly failures = new Map<string, number>();
  private readonly ended = new AbortController();
  private idle: (() => void) | undefined;
  /** When work began in this turn of the event loop. */
  private turn: number | undefined;

  constructor(private readonly options: WorkQueueOptions) {
    // One for each request under way.
    setMaxListeners(0, this.ended.signal);
  }

  get length(): number {
    return this.waiting.size + this.dirty.size;
  }

  add(key: string): void {
    if (this.ended.signal.aborted) return;
    this.forgetTimer(key);
    if (this.running.has(key)) this.dirty.add(key);
    else this.waiting.add(key);
    this.next();
  }

  /** The soonest of several counts. */
  addAfter(key: string, milliseconds: number): void {
    if (this.ended.signal.aborted || this.waiting.has(key)) return;
    const at = performance.now() + milliseconds;
    const planned = this.timers.get(key);
    if (planned !== undefined && planned.at <= at) return;
    this.forgetTimer(key);
    const timer = setTimeout(() => {
      this.add(key);
    }, milliseconds);
    this.timers.set(key, { timer, at });
  }

  /** Ends the work that goes on; resolves when it has ended. */
  async stop(): Promise<void> {
    this.ended.abort();
    for (const { timer } of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.waiting.clear();
    this.dirty.clear();
    if (this.running.size > 0) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  private forgetTimer(key: string): void {
    clearTimeout(this.timers.get(key)?.timer);
    this.timers.delete(key);
  }

  private next(): void {
    for (const key of this.waiting) {
      if (this.running.size >= this.options.atOnce || this.isTurnOver()) return;
      this.waiting.delete(key);
      this.running.add(key);
      void this.run(key);
    }
  }

  /** Whether others have to have their turn; if so, the work goes on after them. */
  private isTurnOver(): boolean {
    const now = performance.now();
    if (this.turn === undefined) {
      this.turn = now;
      setImmediate(() => {
        this.turn = undefined;
        this.next();
      });
    }
    return now - this.turn > LONGEST_TURN;
  }

  private async run(key: string): Promise<void> {
    let again: Again;
    try {
      again = await this.options.work(key, this.ended.signal);
      this.failures.delete(key);
    } catch (error) {
      if (!this.ended.signal.aborted) {
        const count = (this.failures.get(key) ?? 0) + 1;
        this.failures.set(key, count);
        again = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (count - 1)) * (0.5 + Math.random() / 2);
        this.options.failed(key, error);
      }
    }
    this.running.delete(key);
    if (this.dirty.delete(key)) this.waiting.add(key);
    else if (again !== undefined) this.addAfter(key, again);
    if (this.running.size === 0) this.idle?.();
    this.next();
  }
}

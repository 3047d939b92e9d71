export interface ReconcilerOptions {
  /**
   * Compares what is with what should be, and mends it. Runs never overlap.
   *
   * @returns when to look again, at the latest
   */
  readonly reconcile: (signal: AbortSignal) => Promise<Date>;
  readonly failed: (error: unknown) => void;
  readonly clock: () => Date;
  /** Between two looks at the clock. */
  readonly tickMilliseconds: number;
  /** After a first failure; it doubles up to `longestBackoffMilliseconds`. */
  readonly backoffMilliseconds: number;
  readonly longestBackoffMilliseconds: number;
}

/**
 * Runs a piece of work whenever it is due by the wall clock, or woken. It looks at the clock again and again instead of
 * setting one long timer: timers count the time that a machine is awake, certificates the time that passes.
 */
export class Reconciler {
  private due: Date | undefined;
  private woken = true;
  private running: Promise<void> | undefined;
  private failures = 0;
  /** Of performance.now(): a wall clock that is set back must not stop the attempts. */
  private retryAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly end = new AbortController();

  constructor(private readonly options: ReconcilerOptions) {}

  start(): void {
    this.timer ??= setInterval(() => {
      this.look();
    }, this.options.tickMilliseconds).unref();
    this.look();
  }

  /** Something changed: look as soon as the run that is under way has ended. */
  wake(): void {
    this.woken = true;
    if (this.failures === 0) this.look();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.end.abort();
    await this.running;
  }

  private look(): void {
    if (this.timer === undefined || this.end.signal.aborted || this.running !== undefined) return;
    const due = this.due === undefined || this.options.clock() >= this.due;
    // While it fails, events do not make it try more often than the backoff allows.
    if (this.failures > 0 ? performance.now() < this.retryAt : !due && !this.woken) return;
    this.running = this.run().finally(() => {
      this.running = undefined;
      if (this.woken && this.failures === 0) this.look();
    });
  }

  private async run(): Promise<void> {
    this.woken = false;
    try {
      this.due = await this.options.reconcile(this.end.signal);
      this.failures = 0;
    } catch (error) {
      if (this.end.signal.aborted) return;
      const { backoffMilliseconds, longestBackoffMilliseconds, failed } = this.options;
      const longest = Math.min(longestBackoffMilliseconds, backoffMilliseconds * 2 ** this.failures);
      this.failures += 1;
      // Not all replicas at once.
      this.retryAt = performance.now() + longest * (0.5 + Math.random() / 2);
      failed(error);
    }
  }
}

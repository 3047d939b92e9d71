import { setMaxListeners } from 'node:events';
import { within } from '../api-server/deadline.ts';

/** Longer than any job of a resolver. */
const LONGEST_MILLISECONDS = 20 * 60_000;

export interface TasksOptions {
  readonly atOnce: number;
}

interface Task {
  readonly work: (signal: AbortSignal) => Promise<void>;
  readonly waiting: Set<() => void>;
}

/** Work that takes longer than anybody should wait for: each key once, so many at a time, and whoever asked is called then. */
export class Tasks {
  private readonly all = new Map<string, Task>();
  private readonly queue: string[] = [];
  private running = 0;
  private readonly ended = new AbortController();
  private idle: (() => void) | undefined;

  constructor(private readonly options: TasksOptions) {
    // One for each task under way.
    setMaxListeners(0, this.ended.signal);
  }

  /** Starts the work, unless it is under way; it never rejects. */
  start(key: string, work: Task['work'], done: () => void): void {
    if (this.ended.signal.aborted) return;
    const known = this.all.get(key);
    if (known !== undefined) {
      known.waiting.add(done);
      return;
    }
    this.all.set(key, { work, waiting: new Set([done]) });
    this.queue.push(key);
    this.next();
  }

  /** Whether whoever asked is still to be called. */
  isUnderWay(key: string): boolean {
    return this.all.has(key);
  }

  async stop(): Promise<void> {
    this.ended.abort();
    this.queue.length = 0;
    if (this.running > 0) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  private next(): void {
    while (this.running < this.options.atOnce) {
      const key = this.queue.shift();
      const task = key === undefined ? undefined : this.all.get(key);
      if (key === undefined || task === undefined) return;
      this.running += 1;
      void this.run(key, task);
    }
  }

  private async run(key: string, { work, waiting }: Task): Promise<void> {
    try {
      await within(this.ended.signal, LONGEST_MILLISECONDS, work);
    } catch {
      // It was ended, or its work reports failures in its own way; whoever asked looks again.
    } finally {
      this.all.delete(key);
      this.running -= 1;
      if (!this.ended.signal.aborted) for (const done of waiting) done();
      if (this.running === 0) this.idle?.();
      this.next();
    }
  }
}

import { Worker } from 'node:worker_threads';
import type { LoadAnswer, LoadedTable, LoadQuestion } from './protocol.ts';

/** Of the thread's heap; the table itself is outside of it. */
const MEMORY = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };
/** Longer than any list takes on a machine that has time. */
const LONGEST_MILLISECONDS = 600_000;

/** Loads one source at a time on a thread of its own, which ends when nothing is left to load. */
export class LoadingThread {
  private worker: Worker | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @param program thread.ts, as it is built */
  constructor(private readonly program: URL) {}

  /** @throws if the thread has ended before it answered */
  load(question: LoadQuestion): Promise<LoadedTable> {
    this.waiting += 1;
    const answer = this.last.then(async () => {
      try {
        return await this.ask(question);
      } finally {
        this.waiting -= 1;
        if (this.waiting === 0) await this.stop();
      }
    });
    this.last = answer.catch(() => undefined);
    return answer;
  }

  async stop(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private ask(question: LoadQuestion): Promise<LoadedTable> {
    const worker = (this.worker ??= new Worker(this.program, { resourceLimits: MEMORY, execArgv: [], env: {} }));
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        clearTimeout(timer);
        worker.off('message', answered).off('error', failed).off('exit', exited);
        if (error === undefined) return;
        void this.stop();
        reject(error);
      };
      const answered = (answer: LoadAnswer): void => {
        end('fault' in answer ? new Error(answer.fault) : undefined);
        if ('table' in answer) resolve(answer);
      };
      const failed = (error: unknown): void => {
        end(error instanceof Error ? error : new Error(String(error)));
      };
      const exited = (): void => {
        end(new Error('the thread has ended'));
      };
      const timer = setTimeout(() => {
        end(new Error(`it took longer than ${LONGEST_MILLISECONDS / 1000} s`));
      }, LONGEST_MILLISECONDS);
      worker.on('message', answered).on('error', failed).on('exit', exited);
      worker.postMessage(question);
    });
  }
}

import { Worker } from 'node:worker_threads';
import type { SourceFacts } from '../../admission/judgement.ts';
import { JUDGEMENT } from '../limits.ts';
import type { ThreadAnswer, ThreadQuestion } from './protocol.ts';

export type JudgingLimits = Readonly<
  Record<'longestCpuMilliseconds' | 'longestCpuWhileOthersWaitMilliseconds' | 'longestMilliseconds', number>
>;

/** Why a judgement has no answer. */
export class Stopped {
  /** @param reason for a sentence, e.g. `took more than 2 s of CPU` */
  constructor(
    readonly cause: 'too-long' | 'busy' | 'memory',
    readonly reason: string,
  ) {}
}

/**
 * The thread that judges large sources, one at a time. It starts with the first, ends when there was none for a while, and is
 * ended in the middle of one that takes too long or too much memory; the next one starts it again.
 */
export class JudgingThread {
  readonly #program: URL;
  readonly #limits: JudgingLimits;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** @param program thread.ts, as it is built */
  constructor(program: URL, limits: JudgingLimits) {
    this.#program = program;
    this.#limits = limits;
  }

  /**
   * @param othersWait asked while it takes longer than another namespace is to wait
   * @throws for a fault of Buildless
   */
  async judge(question: ThreadQuestion, othersWait: () => boolean): Promise<SourceFacts | Stopped> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    const answer = await outcomeOf(worker, question, othersWait, this.#limits);
    if (answer instanceof Stopped) {
      await this.#end(worker);
      return answer;
    }
    this.#idle = setTimeout(() => void this.#end(worker), JUDGEMENT.idleMilliseconds).unref();
    if ('fault' in answer) throw new Error(`a judgement failed: ${answer.fault}`);
    return answer.facts;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    if (this.#worker !== undefined) await this.#end(this.#worker);
  }

  #start(): Worker {
    const worker = new Worker(this.#program, { resourceLimits: JUDGEMENT.memory, execArgv: [], env: {} });
    worker.unref();
    // Between two judgements; within one, outcomeOf hears of it too.
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }

  async #end(worker: Worker): Promise<void> {
    if (this.#worker === worker) this.#worker = undefined;
    await worker.terminate();
  }
}

const LOOK_MILLISECONDS = 50;

function outcomeOf(
  worker: Worker,
  question: ThreadQuestion,
  othersWait: () => boolean,
  { longestCpuMilliseconds, longestCpuWhileOthersWaitMilliseconds, longestMilliseconds }: JudgingLimits,
): Promise<ThreadAnswer | Stopped> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const before = process.cpuUsage();
    const end = (): void => {
      clearInterval(clock);
      worker.off('message', answered).off('error', failed).off('exit', exited);
    };
    const whyStop = (): Stopped | undefined => {
      const { user, system } = process.cpuUsage(before);
      const cpuMilliseconds = (user + system) / 1000;
      if (cpuMilliseconds > longestCpuMilliseconds) {
        return new Stopped('too-long', `took more than ${longestCpuMilliseconds / 1000} s of CPU`);
      }
      if (cpuMilliseconds > longestCpuWhileOthersWaitMilliseconds && othersWait()) {
        return new Stopped('busy', 'other namespaces are waiting');
      }
      return performance.now() - started > longestMilliseconds
        ? new Stopped('busy', `the machine is busy: no answer within ${longestMilliseconds / 1000} s`)
        : undefined;
    };
    const answered = (answer: ThreadAnswer): void => {
      end();
      resolve(answer);
    };
    const failed = (error: unknown): void => {
      end();
      if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
        resolve(new Stopped('memory', `took more than ${JUDGEMENT.memory.maxOldGenerationSizeMb} MB of memory`));
      } else reject(error instanceof Error ? error : new Error(String(error)));
    };
    const exited = (): void => {
      end();
      reject(new Error('the judging thread has ended'));
    };
    const clock = setInterval(() => {
      const stopped = whyStop();
      if (stopped === undefined) return;
      end();
      resolve(stopped);
    }, LOOK_MILLISECONDS);
    worker.on('message', answered).on('error', failed).on('exit', exited);
    worker.postMessage(question);
  });
}

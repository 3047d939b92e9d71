import {
  judge,
  stoppedFacts,
  isTooComplex,
  TooBusy,
  type SourceFacts,
  type SourceJudge,
  type SourceQuestion,
} from '../../admission/judgement.ts';
import { questionKey, RememberedFacts } from '../../admission/remembered.ts';
import { Budget } from '../../dependencies/budget.ts';
import type { SourceFiles } from '../../function/files.ts';
import { FairQueue, Task, type FairQueueLimits } from '../fair-queue.ts';
import { JUDGEMENT } from '../limits.ts';
import type { Logger } from '../logging.ts';
import type { JudgementMetrics } from '../judgement-metrics.ts';
import { JudgingThread, type JudgingLimits } from './judging-thread.ts';

export interface Judge {
  readonly judge: SourceJudge;
  readonly stop: () => Promise<void>;
}

export interface JudgeOptions {
  /** The program of the thread: dist/judge.mjs. */
  readonly program: URL;
  readonly logger: Pick<Logger, 'warn'>;
  readonly metrics: Pick<JudgementMetrics, 'follow' | 'judged'>;
  readonly limits?: JudgingLimits & { readonly queue: FairQueueLimits };
}

/**
 * Judges sources for the webhook: what was judged before is remembered, a small source is judged at once, a large one on a
 * thread of its own, in turns of the namespaces. Equal sources share one judgement.
 */
export function createJudge({ program, logger, metrics, limits = JUDGEMENT }: JudgeOptions): Judge {
  const remembered = new RememberedFacts({
    sources: JUDGEMENT.rememberedSources,
    characters: JUDGEMENT.rememberedCharacters,
  });
  const stopped = new Map<string, { readonly facts: SourceFacts; readonly until: number }>();
  const underWay = new Map<string, Task<SourceFacts | TooBusy>>();
  const queue = new FairQueue(limits.queue);
  const thread = new JudgingThread(program, limits);
  metrics.follow(() => queue.waiting);

  const judgeOnThread = async (question: SourceQuestion): Promise<SourceFacts | TooBusy> => {
    const started = performance.now();
    const { namespace, files, basis } = question;
    const outcome = await thread.judge({ files, basis }, () => queue.othersWait(namespace));
    metrics.judged((performance.now() - started) / 1000);
    if (!('cause' in outcome)) {
      remembered.set(question, outcome);
      return outcome;
    }
    logger.warn({ namespace, digest: question.digest, reason: outcome.reason }, 'a judgement was stopped');
    if (outcome.cause === 'busy') return new TooBusy(outcome.reason);
    const facts = stoppedFacts(basis, `it ${outcome.reason}`);
    stopped.set(questionKey(question), { facts, until: performance.now() + JUDGEMENT.stoppedIsRememberedMilliseconds });
    const [oldest] = stopped.keys();
    if (stopped.size > JUDGEMENT.stoppedSources && oldest !== undefined) stopped.delete(oldest);
    return facts;
  };

  return {
    judge: async (question) => {
      const known = remembered.get(question);
      if (known !== undefined) return known;
      const { namespace, files, basis } = question;
      if (isSmall(files)) {
        const facts = judge(files, basis, { budget: new Budget(JUDGEMENT.inlineSteps) });
        if (!facts.findings.some(isTooComplex)) {
          remembered.set(question, facts);
          return facts;
        }
      }
      const key = questionKey(question);
      const last = stopped.get(key);
      if (last !== undefined && performance.now() < last.until) return last.facts;
      const running = underWay.get(key);
      const task = running ?? new Task(() => judgeOnThread(question));
      // A turn of its own as well: the one that asked first may be of a namespace with a long line.
      const refused = task.taken ? undefined : queue.add(namespace, task);
      if (refused !== undefined) return refused;
      if (running === undefined) {
        underWay.set(key, task);
        const ended = (): void => {
          underWay.delete(key);
        };
        task.result.then(ended, ended);
      }
      return task.result;
    },
    stop: () => thread.stop(),
  };
}

function isSmall(files: SourceFiles): boolean {
  let bytes = 0;
  for (const content of files.values()) bytes += content.byteLength;
  return bytes <= JUDGEMENT.inlineBytes;
}

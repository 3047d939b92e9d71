/**
 * The program of the judging thread: sources that take more than a few milliseconds are judged here, so that `/healthz` and
 * other reviews go on.
 *
 * It is a bundle of its own, as small as can be: each thread loads its code again.
 */
import { parentPort } from 'node:worker_threads';
import { judge } from '../../admission/judgement.ts';
import type { ThreadAnswer, ThreadQuestion } from './protocol.ts';

parentPort?.on('message', ({ files, basis }: ThreadQuestion) => {
  parentPort?.postMessage(answerTo({ files, basis }));
});

function answerTo({ files, basis }: ThreadQuestion): ThreadAnswer {
  try {
    return { facts: judge(files, basis) };
  } catch (error) {
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** The program of the loading thread: a list of 200,000 reports takes seconds, in which reviews go on. */
import { parentPort } from 'node:worker_threads';
import { load } from './load.ts';
import type { LoadAnswer, LoadQuestion } from './protocol.ts';

parentPort?.on('message', (question: LoadQuestion) => {
  const answer = answerTo(question);
  const buffers = 'table' in answer ? [answer.table.heads, ...answer.table.chunks].map(({ buffer }) => buffer) : [];
  parentPort?.postMessage(
    answer,
    buffers.filter((buffer) => buffer instanceof ArrayBuffer),
  );
});

function answerTo(question: LoadQuestion): LoadAnswer {
  try {
    return load(question);
  } catch (error) {
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

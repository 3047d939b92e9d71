/**
 * Sends the most expensive reviews of one namespace all at once, in a process of its own, so that what bench/hostile.ts measures
 * meanwhile has nothing of the sending in it: `flood.ts PORT CA-FILE COUNT`. Prints a line when all are sent, and one for each
 * answer.
 */
import { readFileSync } from 'node:fs';
import { largestLock } from '../../test/hostile/largest-lock.ts';
import { configMapReview } from '../../test/hostile/reviews.ts';
import { ask } from '../../test/server/client.ts';

export interface FloodAnswer {
  readonly milliseconds: number;
  readonly busy: boolean;
}

const [port, caFile = '', count] = process.argv.slice(2);
const ca = readFileSync(caFile, 'utf8');
const bodies = Array.from({ length: Number(count) }, (_, n) =>
  configMapReview(largestLock(2000, `a${n}-`), undefined, 'greedy'),
);
process.stdout.write('flooding\n');
await Promise.all(
  bodies.map(async (body) => {
    const started = performance.now();
    const { text } = await ask({ port: Number(port), ca, path: '/validate?timeout=5s', body });
    const answer: FloodAnswer = { milliseconds: performance.now() - started, busy: text.includes('[too-busy]') };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }),
);

import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiServer } from '../../src/api-server/api-server.ts';

export const never = new AbortController().signal;
setMaxListeners(0, never);

export const post = (api: ApiServer, collection: string, body: object): Promise<unknown> =>
  api.change({ method: 'POST', path: collection, body }, never);

const AT_ONCE = 16;

export async function inParallel<Value>(
  values: readonly Value[],
  work: (value: Value) => Promise<unknown>,
): Promise<void> {
  const left = values[Symbol.iterator]();
  // They share one iterator: each takes the next one.
  const worker = async (): Promise<void> => {
    for (const value of left) await work(value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** @returns after how many milliseconds */
export async function until(isGood: () => boolean): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < LONGEST) {
    if (isGood()) return performance.now() - began;
    await delay(50);
  }
  throw new Error(`still not after ${LONGEST / 1000} s`);
}

const LONGEST = 600_000;

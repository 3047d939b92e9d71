import { describe, expect, it } from 'vitest';
import { type Again, WorkQueue } from '../../src/control/queue.ts';
import { eventually } from '../eventually.ts';

interface Worked {
  readonly queue: WorkQueue;
  /** Keys, in the order in which their work began. */
  readonly begun: string[];
  /** Ends the work that goes on, one of it. */
  readonly finish: (again?: Again | Error) => void;
  readonly failed: string[];
}

/** A queue whose work goes on until it is told to end. */
function worked(atOnce: number): Worked {
  const begun: string[] = [];
  const failed: string[] = [];
  const ends: ((again: Again | Error) => void)[] = [];
  const queue = new WorkQueue({
    atOnce,
    failed: (key) => failed.push(key),
    work: (key) => {
      begun.push(key);
      return new Promise((resolve, reject) => {
        ends.push((again) => {
          if (again instanceof Error) reject(again);
          else resolve(again);
        });
      });
    },
  });
  return { queue, begun, failed, finish: (again) => ends.shift()?.(again) };
}

describe('the queue', () => {
  it('works on a key once, however often it is added before its turn', async () => {
    const { queue, begun, finish } = worked(1);
    for (const key of ['a', 'b', 'b', 'b']) queue.add(key);
    expect(begun).toEqual(['a']);
    finish();
    await eventually(() => {
      expect(begun).toEqual(['a', 'b']);
    });
    finish();
    await eventually(() => {
      expect(queue.length).toBe(0);
    });
    expect(begun).toEqual(['a', 'b']);
  });

  it('never works on a key twice at the same time, and again if it was added meanwhile', async () => {
    const { queue, begun, finish } = worked(4);
    queue.add('a');
    queue.add('a');
    queue.add('a');
    expect(begun).toEqual(['a']);
    finish();
    await eventually(() => {
      expect(begun).toEqual(['a', 'a']);
    });
  });

  it('works on so many keys at once and no more', async () => {
    const { queue, begun, finish } = worked(2);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    expect(begun).toEqual(['a', 'b']);
    expect(queue.length).toBe(1);
    finish();
    await eventually(() => {
      expect(begun).toEqual(['a', 'b', 'c']);
    });
  });

  it('comes back to what wants to be looked at again, and to what failed', async () => {
    const { queue, begun, finish, failed } = worked(1);
    queue.add('a');
    finish(1);
    await eventually(() => {
      expect(begun).toEqual(['a', 'a']);
    });
    finish(new Error('the API server is away'));
    await eventually(() => {
      expect(begun).toEqual(['a', 'a', 'a']);
    });
    expect(failed).toEqual(['a']);
  });

  it('that is stopped begins nothing, and waits for what goes on', async () => {
    const { queue, begun, finish } = worked(1);
    queue.add('a');
    queue.add('b');
    let isOver = false;
    const stopped = queue.stop().then(() => (isOver = true));
    queue.add('c');
    await Promise.resolve();
    expect(isOver).toBe(false);
    finish();
    await stopped;
    expect(begun).toEqual(['a']);
  });

  it('gives everything else its turn while thousands of keys take a moment each', async () => {
    let worked = 0;
    const queue = new WorkQueue({
      atOnce: 4,
      failed: () => undefined,
      work: () => {
        const until = performance.now() + 1;
        while (performance.now() < until);
        worked += 1;
        return Promise.resolve(undefined);
      },
    });
    for (let key = 0; key < 200; key += 1) queue.add(String(key));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(worked).toBeLessThan(200);
    await eventually(() => {
      expect(worked).toBe(200);
    });
    await queue.stop();
  });
});

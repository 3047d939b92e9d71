import { describe, expect, it } from 'vitest';
import { TooBusy } from '../../src/admission/judgement.ts';
import { FairQueue, Task, type FairQueueLimits } from '../../src/server/fair-queue.ts';

const LIMITS: FairQueueLimits = { running: 1, runningOfKey: 1, waiting: 6, waitingOfKey: 4, milliseconds: 60_000 };

/** A task that ends when it is told to, and notes that it began. */
function controlled(begun: string[], name: string): { readonly work: () => Promise<string>; readonly end: () => void } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    work: async () => {
      begun.push(name);
      await ended;
      return name;
    },
    end: () => {
      end();
    },
  };
}

const tick = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
};

describe('turns between namespaces', () => {
  it('are taken in rounds: who asks once waits for one of another, not for all of them', async () => {
    const queue = new FairQueue(LIMITS);
    const begun: string[] = [];
    const tasks = ['a1', 'a2', 'a3', 'a4', 'b1', 'a5'].map((name) => ({ name, ...controlled(begun, name) }));
    const results = tasks.map(({ name, work }) => queue.run(name.slice(0, 1), work));
    for (let count = 0; count < tasks.length; count += 1) {
      tasks.find(({ name }) => name === begun[count])?.end();
      await tick();
    }
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'a4', 'a5']);
    expect(await Promise.all(results)).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'a5']);
  });

  it('are refused at once beyond the length of a line, and only to the namespace whose line it is', async () => {
    const queue = new FairQueue(LIMITS);
    const begun: string[] = [];
    const tasks = Array.from({ length: 6 }, (_, index) => controlled(begun, `a${index}`));
    const results = tasks.map(({ work }) => queue.run('a', work));
    expect(await results[5]).toEqual(new TooBusy('4 reviews of the namespace are waiting already'));
    expect(queue.othersWait('a')).toBe(false);
    const other = controlled(begun, 'b');
    const answered = queue.run('b', other.work);
    expect(queue.othersWait('a')).toBe(true);
    for (const { end } of [...tasks, other]) end();
    expect(await answered).toBe('b');
  });

  it('are kept for a namespace that has none waiting, however long the lines of the others are', async () => {
    const queue = new FairQueue({ ...LIMITS, waiting: 2 });
    const tasks = ['a', 'a', 'a', 'a', 'b'].map((key) => ({ key, ...controlled([], key) }));
    const results = tasks.map(({ key, work }) => queue.run(key, work));
    expect(await results[3]).toEqual(new TooBusy('2 reviews are waiting already'));
    for (const { end } of tasks) end();
    expect(await results[4]).toBe('b');
  });

  it('are given up when they do not come in time', async () => {
    const queue = new FairQueue({ ...LIMITS, milliseconds: 10 });
    const first = controlled([], 'first');
    const running = queue.run('a', first.work);
    expect(await queue.run('b', () => Promise.resolve('never'))).toEqual(
      new TooBusy('the reviews before it took longer than 0.01 s'),
    );
    expect(queue.waiting).toBe(0);
    first.end();
    expect(await running).toBe('first');
  });

  it('go on after work that fails', async () => {
    const queue = new FairQueue(LIMITS);
    await expect(queue.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await queue.run('a', () => Promise.resolve('next'))).toBe('next');
  });

  it('may be two of the same work, which is done once, at the first of them', async () => {
    const queue = new FairQueue(LIMITS);
    const begun: string[] = [];
    const first = controlled(begun, 'first');
    const running = queue.run('a', first.work);
    const behind = [1, 2].map((n) => queue.run('a', () => Promise.resolve(begun.push(`a${n}`))));
    const shared = new Task(() => Promise.resolve(begun.push('shared')));
    queue.add('a', shared);
    queue.add('b', shared);
    first.end();
    await Promise.all([running, ...behind, shared.result]);
    await tick();
    expect(begun).toEqual(['first', 'a1', 'shared', 'a2']);
    expect(queue.waiting).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Arrivals } from '../../src/api-server/arrivals.ts';

const BOUNDS = { milliseconds: 1000, waiting: 2, pauseMilliseconds: 30_000 };

let there: Set<string>;
let arrivals: Arrivals;

beforeEach(() => {
  vi.useFakeTimers();
  there = new Set();
  const isThere = (namespace: string, name: string): boolean => there.has(`${namespace}/${name}`);
  arrivals = new Arrivals({ isThere, bounds: BOUNDS, now: () => Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Begins to wait. @returns whether that is over */
function wait(namespace: string, ...names: readonly string[]): () => Promise<boolean> {
  let over = false;
  void arrivals.until(namespace, names).then(() => {
    over = true;
  });
  return async () => {
    await vi.advanceTimersByTimeAsync(0);
    return over;
  };
}

const store = (namespace: string, name: string): void => {
  there.add(`${namespace}/${name}`);
  arrivals.arrived(namespace);
};

describe('a Pod that comes before its revision', () => {
  it('waits until the last of its ConfigMaps is stored', async () => {
    const isOver = wait('shop', 'files', 'lock');
    expect(await isOver()).toBe(false);
    store('shop', 'files');
    store('bank', 'lock');
    expect(await isOver()).toBe(false);
    store('shop', 'lock');
    expect(await isOver()).toBe(true);
  });

  it('does not wait for what is there', async () => {
    there.add('shop/files');
    expect(await wait('shop', 'files')()).toBe(true);
  });

  it('waits no longer than it may, and then its namespace does not wait again for a while', async () => {
    const isOver = wait('shop', 'lock');
    await vi.advanceTimersByTimeAsync(BOUNDS.milliseconds - 1);
    expect(await isOver()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await isOver()).toBe(true);
    expect(await wait('shop', 'other')()).toBe(true);
    expect(await wait('bank', 'other')()).toBe(false);
    await vi.advanceTimersByTimeAsync(BOUNDS.pauseMilliseconds);
    expect(await wait('shop', 'other')()).toBe(false);
  });

  it('does not wait while another of its namespace does, nor beyond the bound of all', async () => {
    const first = wait('shop', 'lock');
    expect(await wait('shop', 'other')()).toBe(true);
    const second = wait('bank', 'lock');
    expect(await wait('post', 'lock')()).toBe(true);
    expect(await first()).toBe(false);
    store('shop', 'lock');
    expect(await first()).toBe(true);
    expect(await wait('post', 'lock')()).toBe(false);
    expect(await second()).toBe(false);
  });

  it('does not hold up the end of the process', async () => {
    const isOver = wait('shop', 'lock');
    arrivals.stop();
    expect(await isOver()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadlines, type Timed } from '../../../../src/pod/nodejs/server/deadlines.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The timers of the test as they are when they are asked for. */
const FAKE = {
  now: () => performance.now(),
  later: (done: () => void, milliseconds: number) => setTimeout(done, milliseconds),
};

/** A call that writes down when its time was over. */
function callOf(over: number[], again?: () => void): Timed {
  return {
    timeOut() {
      over.push(performance.now() - began);
      again?.();
    },
  };
}
let began = 0;
beforeEach(() => {
  began = performance.now();
});

it('each call has its own time, with one timer for all', () => {
  const deadlines = new Deadlines(1000, FAKE);
  const over: number[] = [];
  for (const after of [0, 300, 300]) {
    vi.advanceTimersByTime(after);
    deadlines.begin(callOf(over));
  }
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(10_000);
  expect(over).toEqual([1000, 1300, 1600]);
  expect(vi.getTimerCount()).toBe(0);
});

it('a call that has ended is not told, and the next one has its whole time', () => {
  const deadlines = new Deadlines(1000, FAKE);
  const over: number[] = [];
  const first = callOf(over);
  deadlines.begin(first);
  deadlines.end(first);
  vi.advanceTimersByTime(900);
  deadlines.begin(callOf(over));
  vi.advanceTimersByTime(999);
  expect(over).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(over).toEqual([1900]);
});

it('a call may begin again when its time is over', () => {
  const deadlines = new Deadlines(1000, FAKE);
  const over: number[] = [];
  const call = callOf(over, () => {
    if (over.length === 1) deadlines.begin(call);
  });
  deadlines.begin(call);
  deadlines.begin(callOf(over));
  vi.advanceTimersByTime(10_000);
  expect(over).toEqual([1000, 1000, 2000]);
});

it('one that throws does not keep the others from being told', () => {
  const deadlines = new Deadlines(1000, FAKE);
  const over: number[] = [];
  deadlines.begin({
    timeOut() {
      throw new Error('its own');
    },
  });
  deadlines.begin(callOf(over));
  expect(() => vi.advanceTimersByTime(1000)).toThrow('its own');
  vi.advanceTimersByTime(10);
  expect(over).toHaveLength(1);
});

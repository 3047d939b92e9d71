import { afterEach, beforeEach, expect, it, vi } from 'vitest';

// Before the module is loaded, which keeps the clock and the timers that it finds.
beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const load = async () => (await import('../../../../src/pod/nodejs/server/reachable.ts')).whenUnreachable;

/** Lets the job end that made a WeakRef, which keeps its target until then. */
const pass = async (milliseconds: number): Promise<void> => {
  for (let passed = 0; passed < milliseconds; passed += 10) await vi.advanceTimersByTimeAsync(10);
};

it('tells of an object that nothing reaches, and not of one that something does', async () => {
  const whenUnreachable = await load();
  const kept = {};
  const told: string[] = [];
  whenUnreachable(new WeakRef(kept), () => told.push('kept'));
  whenUnreachable(new WeakRef({}), () => told.push('left'));
  await pass(500);
  expect(told).toEqual(['left']);
  expect(kept).toEqual({});
});

it('is as fast where something else has been waited for for a minute', async () => {
  const whenUnreachable = await load();
  const kept = {};
  const told: string[] = [];
  whenUnreachable(new WeakRef(kept), () => told.push('kept'));
  await vi.advanceTimersByTimeAsync(60_000);
  whenUnreachable(new WeakRef({}), () => told.push('left'));
  await pass(500);
  expect(told).toEqual(['left']);
  expect(kept).toEqual({});
});

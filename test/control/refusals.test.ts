import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { Refusals } from '../../src/control/refusals.ts';
import { NOTHING_DENIED } from '../../src/denied/list.ts';
import { workload } from './workload.ts';

const known = { labels: {}, isOptedIn: true, isEnding: false };
const by = { configuration: DEFAULT_CONFIGURATION, denied: NOTHING_DENIED };
const STATE = 'a'.repeat(32);
const hello = workload();

describe('what was refused', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const passes = (milliseconds: number): void => {
    vi.setSystemTime(Date.now() + milliseconds);
  };

  it('is not judged again until something of it changes', () => {
    const refusals = new Refusals();
    refusals.add(hello, STATE, known, by);
    passes(365 * 86_400_000);
    expect(refusals.of(hello, known, by)).toBe(STATE);
    expect(refusals.due(hello)).toBeUndefined();
    expect(refusals.of(hello, { ...known, labels: { changed: 'yes' } }, by)).toBeUndefined();
    expect(refusals.of(hello, known, { ...by, configuration: { ...DEFAULT_CONFIGURATION } })).toBeUndefined();
    expect(refusals.of(hello, known, { ...by, denied: { ...NOTHING_DENIED } })).toBeUndefined();
  });

  it('by somebody else is tried again, after twice the time each time, and an hour at most', () => {
    const refusals = new Refusals();
    const pauses: (number | undefined)[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      expect(refusals.addOfOthers(hello, STATE, known, by)).toBe(turn === 0);
      expect(refusals.of(hello, known, by)).toBe(STATE);
      const pause = refusals.due(hello) ?? 0;
      pauses.push(pause / 1000);
      passes(pause);
      expect(refusals.of(hello, known, by)).toBeUndefined();
    }
    expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
  });

  it('begins anew with another edit, and after a change of what it is judged by', () => {
    const refusals = new Refusals();
    refusals.addOfOthers(hello, STATE, known, by);
    expect(refusals.addOfOthers(hello, 'b'.repeat(32), known, by)).toBe(true);
    const changed = { ...by, configuration: { ...DEFAULT_CONFIGURATION } };
    expect(refusals.addOfOthers(hello, 'b'.repeat(32), known, changed)).toBe(true);
    expect(refusals.due(hello)).toBe(15_000);
  });
});

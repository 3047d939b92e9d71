import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../src/server/deadlines.ts';

const never = new Promise<string>(() => undefined);

describe('Deadlines', () => {
  it('give up what takes longer, in the order of the deadlines, whatever began first', async () => {
    const deadlines = new Deadlines();
    const order: string[] = [];
    const late = async (name: string, milliseconds: number): Promise<void> => {
      order.push(await deadlines.inTime(milliseconds, never, () => name));
    };
    await Promise.all([late('third', 60), late('first', 5), late('second', 30)]);
    await late('one that began when nothing was waited for', 5);
    expect(order).toEqual(['first', 'second', 'third', 'one that began when nothing was waited for']);
  });

  it('leave alone what comes in time, and what fails', async () => {
    const deadlines = new Deadlines();
    const late = (): string => 'late';
    await expect(deadlines.inTime(10_000, Promise.resolve('value'), late)).resolves.toBe('value');
    await expect(deadlines.inTime(10_000, Promise.reject(new Error('fault')), late)).rejects.toThrow('fault');
  });
});

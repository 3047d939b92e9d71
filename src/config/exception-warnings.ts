import { daysUntil, SOON_DAYS, titleOf, whenItEnds, type Exception } from '../exceptions/exception.ts';
import type { Fault } from './explain.ts';

/** Exceptions that have ended, or end within a week; a bad one does not keep a configuration from being loaded. */
export function exceptionWarnings(exceptions: readonly Exception[], today: string): readonly Fault[] {
  return exceptions.flatMap((exception, index): readonly Fault[] => {
    const days = daysUntil(exception.until, today);
    if (days > SOON_DAYS) return [];
    const path = ['dependencies', 'exceptions', index, 'until'];
    const what = `the exception for ${titleOf(exception)}`;
    if (days < 0) {
      const problem = `${what} ended on ${exception.until} and does not apply`;
      return [{ path, atKey: false, problem, fix: 'remove it, or write a later day' }];
    }
    const problem = `${what} ends ${whenItEnds(days)}, after ${exception.until}`;
    return [{ path, atKey: false, problem, fix: 'correct the dependency, or write a later day' }];
  });
}

import { dayOf, daysUntil, SOON_DAYS, titleOf, whenItEnds, type Exception } from '../../exceptions/exception.ts';
import type { Check, CheckResult } from '../check.ts';
import { ok, warned } from '../check.ts';
import { installedConfiguration } from '../installed-configuration.ts';

const CHECK = 'Exceptions';
const MOST_NAMED = 5;

/** Exceptions of the dependency policy that have ended, or end within a week; no line if there are none. */
export const exceptions: (now?: () => number) => Check =
  (now = Date.now) =>
  async (patient) => {
    const configuration = await installedConfiguration(patient);
    const all = configuration?.dependencies.exceptions ?? [];
    if (all.length === 0) return [];
    const today = dayOf(now());
    const days = (exception: Exception): number => daysUntil(exception.until, today);
    const ended = all.filter((each) => days(each) < 0);
    const ending = all.filter((each) => days(each) >= 0 && days(each) <= SOON_DAYS);
    const results: CheckResult[] = [];
    if (ended.length > 0) {
      const names = named(ended, (each) => `${titleOf(each)} ended on ${each.until}`);
      results.push(warned(CHECK, `${counted(ended.length)} ended, so new Pods are refused again: ${names}`, CURE));
    }
    if (ending.length > 0) {
      const names = named(ending, (each) => `${titleOf(each)} ends ${whenItEnds(days(each))} (${each.reason})`);
      results.push(warned(CHECK, `${counted(ending.length)} within a week of the end: ${names}`, CURE));
    }
    return results.length > 0 ? results : [ok(CHECK, `${counted(all.length)} in force, none ends within a week`)];
  };

const CURE = 'correct the dependencies and remove the exceptions, or write later days (dependencies.exceptions)';

const counted = (count: number): string => `${count} exception${count === 1 ? '' : 's'}`;

function named(exceptions: readonly Exception[], textOf: (exception: Exception) => string): string {
  const first = exceptions.toSorted((a, b) => (a.until < b.until ? -1 : 1)).slice(0, MOST_NAMED);
  const more = exceptions.length - first.length;
  return `${first.map(textOf).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

import type { ExceptableCode } from './codes.ts';

/** A finding that the administrator answers for until a day: `dependencies.exceptions` of the configuration. */
export interface Exception {
  readonly namespace: string;
  /** The name of a Function, or `*` for every one of the namespace. */
  readonly function: string;
  /** As the registry names it. */
  readonly package: string;
  readonly code: ExceptableCode;
  readonly reason: string;
  /** The last day on which it applies, in UTC: `2027-01-31`. */
  readonly until: string;
}

export const EVERY_FUNCTION = '*';

const DAY_MILLISECONDS = 86_400_000;
/** Days before its end from which on an exception is reported wherever it is used or configured. */
export const SOON_DAYS = 7;

/** The day of a moment, in UTC. */
export const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

/** Whether a string is a day of the calendar, as ISO 8601 writes it. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const milliseconds = Date.parse(text);
  return !Number.isNaN(milliseconds) && dayOf(milliseconds) === text;
}

/** Whole days from one day to another: 0 on the last day of an exception, negative once it has ended. */
export const daysUntil = (until: string, today: string): number =>
  Math.round((Date.parse(until) - Date.parse(today)) / DAY_MILLISECONDS);

/** The first millisecond at which it does not apply any more. */
export const endOf = ({ until }: Pick<Exception, 'until'>): number => Date.parse(until) + DAY_MILLISECONDS;

/** @example whenItEnds(3) // 'in 3 days' */
export function whenItEnds(days: number): string {
  if (days <= 0) return 'today';
  return days === 1 ? 'tomorrow' : `in ${days} days`;
}

/** @example titleOf(exception) // '"left-pad" (dependencies-float) of shop/pay' */
export const titleOf = (exception: Exception): string =>
  `"${exception.package}" (${exception.code}) of ${exception.namespace}/${exception.function}`;

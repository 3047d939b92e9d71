/** What refused a lock: once that says something else, the lock is judged again. */
import { createHash } from 'node:crypto';
import type { DeniedList } from '../denied/list.ts';
import { boundRules } from '../release-rules/list.ts';
import type { ReleaseRules } from '../release-rules/rules.ts';
import type { RefusedLock } from './stored-lock.ts';

const DIGITS = 16;

/** All that may refuse the lock of one Function. */
export interface Refusers {
  readonly rules: ReleaseRules | undefined;
  readonly denied: Pick<DeniedList, 'digest'>;
}

export const byDenied = ({ digest }: Pick<DeniedList, 'digest'>): string => `denied-${digest}`;

export function byRules(rules: ReleaseRules | undefined): string {
  const text = JSON.stringify(boundRules(rules).map(({ inDigest }) => inDigest));
  return `rules-${createHash('sha256').update(text).digest('hex').slice(0, DIGITS)}`;
}

/** Whether a refusal may pass by now: its versions are old enough, or what refused it has changed. */
export const mayPass = ({ until, by }: Pick<RefusedLock, 'until' | 'by'>, now: number, refusers: Refusers): boolean =>
  (until !== undefined && !(Date.parse(until) > now)) || (by !== undefined && !refusesStill(by, refusers));

const refusesStill = (by: string, { rules, denied }: Refusers): boolean =>
  by === byDenied(denied) || by === byRules(rules);

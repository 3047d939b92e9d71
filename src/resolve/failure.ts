import type { LockFailure } from '../lock/lock.ts';
import type { Redactor } from '../pod/program/redaction.ts';
import type { Failure } from './resolver.ts';

export const permanent = (problem: string, fix: string, details: readonly string[] = []): Failure => ({
  problem,
  fix,
  details,
  temporary: false,
});

export const temporary = (problem: string, fix: string): Failure => ({ problem, fix, details: [], temporary: true });

export const createRedactedFailure = (
  { problem, fix, details = [], temporary: passing = false }: Omit<LockFailure, 'temporary'> & { temporary?: boolean },
  redact: Redactor,
): Failure => ({ problem: redact(problem), fix: redact(fix), details: details.map(redact), temporary: passing });

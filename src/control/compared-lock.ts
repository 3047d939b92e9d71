/** What a resolver found, compared with the minimum release age. */
import { formatFinding } from '../outcome/finding.ts';
import { judgeAges } from '../release-age/judge.ts';
import type { Releases } from '../release-age/release.ts';
import type { Failure, LockJob, ResolvedLock, Resolver } from '../resolve/resolver.ts';
import type { LockInputs } from '../revision/lock-inputs.ts';
import type { RefusedLock, StoredLock } from '../revision/stored-lock.ts';
import type { AgeOutcome } from './metrics.ts';

export interface Resolved {
  readonly lock: StoredLock;
  /** Findings that refuse nothing. */
  readonly notes: readonly string[];
}

/** Resolves a lock, or asks about the versions of the author's. */
export const askResolver = (
  resolver: Resolver,
  job: LockJob,
  signal: AbortSignal,
): Promise<ResolvedLock | Releases | Failure> =>
  job.inputs.isAuthors === true ? resolver.releases(job, signal) : resolver.lock(job, signal);

export function compared(answer: ResolvedLock | Releases, { age, language }: LockInputs): Resolved {
  const isLock = 'file' in answer;
  const lock: StoredLock = isLock ? { kind: 'lock', file: answer.file, text: answer.text } : { kind: 'checked' };
  if (age === undefined) return { lock, notes: [] };
  const releases = isLock ? answer.releases : answer;
  if (releases === undefined) return { lock: refusalFor(NO_TIMES), notes: [] };
  const { refused, warned, until } = judgeAges(releases, language, age, Date.now());
  const notes = warned.map(formatFinding);
  if (refused.length === 0) return { lock, notes };
  const details = refused.map(formatFinding);
  return {
    lock: { ...REFUSED, details, ...(until !== undefined && { until: new Date(until).toISOString() }) },
    notes,
  };
}

const REFUSED: RefusedLock = {
  kind: 'refused',
  problem: 'the minimum release age refuses the dependencies of this revision',
  fix: 'do what each of these says; Buildless tries again as soon as all of them are old enough',
  details: [],
};

const NO_TIMES = {
  problem: 'the resolver gave no publication times, so the age of the versions is not known',
  fix: 'use a resolver of the same version as the controller',
  details: [],
};

/** With a minimum age nothing is installed of which nobody knows the age. */
export const refusalFor = ({
  problem,
  fix,
  details,
}: Pick<RefusedLock, 'problem' | 'fix' | 'details'>): RefusedLock => ({ kind: 'refused', problem, fix, details });

export const outcomeOf = ({ lock, notes }: Resolved): AgeOutcome =>
  lock.kind === 'refused' ? 'refused' : notes.length > 0 ? 'unknown' : 'passed';

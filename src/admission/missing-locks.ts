import type { Configuration } from '../config/configuration.ts';
import type { Finding } from '../outcome/finding.ts';
import type { DependencyVerdict, PolicyFinding } from './dependencies.ts';
import { withoutUnknown } from './unknown-licences.ts';
import type { RevisionLock } from './run-source.ts';

/** Whether all that a finding says is that the source has no lock. */
export const saysLockIsMissing = (finding: Finding): boolean => 'missing' in finding;

/** The verdict on a Pod whose revision has a lock that the source lacks, or should have one. */
export function afterLock(verdict: DependencyVerdict, lock: RevisionLock): DependencyVerdict {
  switch (lock.state) {
    case 'none':
    case 'merged':
    case 'alone':
    case 'checked':
    case 'refused':
    case 'absent':
      return verdict;
    case 'awaited':
      // buildless-prepare judges the source with the lock.
      return changed(verdict, () => []);
    case 'failed': {
      const { problem, fix } = lock.reason;
      return changed(verdict, (finding) => [
        { ...finding, problem: `${finding.problem}; the controller could not resolve one: ${problem}`, fix },
      ]);
    }
  }
}

function changed(
  { enforced, warned, audited, ...others }: DependencyVerdict,
  change: <Each extends Finding | PolicyFinding>(finding: Each) => readonly Each[],
): DependencyVerdict {
  const each = <Each extends Finding | PolicyFinding>(findings: readonly Each[]): readonly Each[] =>
    findings.flatMap((finding) => (saysLockIsMissing(finding) ? change(finding) : [finding]));
  return { ...others, enforced: each(enforced), warned: each(warned), audited: each(audited) };
}

/**
 * The verdict on a source or a template if the controller resolves locks (a setting, whether or not it works now): that the
 * author has none is a warning, or no revision could ever be made. The Pods are refused without a sound lock.
 */
export function whileClusterLocks(
  judged: DependencyVerdict,
  { revisions }: Pick<Configuration, 'revisions'>,
): DependencyVerdict {
  const verdict = whileClusterCompares(judged, { revisions });
  if (revisions.locks !== 'cluster') return verdict;
  const { enforced, warned } = verdict;
  const excused = enforced.filter((finding): finding is PolicyFinding & Finding => saysLockIsMissing(finding));
  if (excused.length === 0) return verdict;
  return {
    ...verdict,
    enforced: enforced.filter((finding) => !saysLockIsMissing(finding)),
    warned: [...warned, ...excused],
  };
}

/** The same if no lock can be resolved for the runtime: the controller compares the lock that its author writes. */
export const whileClusterCompares = (
  verdict: DependencyVerdict,
  { revisions }: Pick<Configuration, 'revisions'>,
): DependencyVerdict => (revisions.locks === 'cluster' ? withoutUnknown(verdict) : verdict);

/** Licences that a lock does not tell: the controller asks the registries once for each revision, admission never does. */
import type { Finding, Warning } from '../outcome/finding.ts';
import type { DependencyVerdict } from './dependencies.ts';
import type { RevisionLock } from './run-source.ts';

const isUnknown = ({ code }: Pick<Finding<string>, 'code'>): boolean => code === 'licence-unknown';

/** For a source or a template whose revision the controller will compare. */
export const withoutUnknown = ({ enforced, unchecked = [], ...verdict }: DependencyVerdict): DependencyVerdict => ({
  ...verdict,
  enforced: enforced.filter((finding) => !isUnknown(finding)),
  unchecked: unchecked.filter((finding) => !isUnknown(finding)),
});

export interface UnknownLicences {
  readonly lock: RevisionLock;
  /** Whether the controller compares revisions, by the configuration. */
  readonly isCompared: boolean;
  /** Whether a workload makes the Pod; it may be replaced by what it is. */
  readonly isReplaced: boolean;
}

/** For a Pod: the controller's verdict on its revision decides; without one a Pod of a workload runs, with a warning. */
export function afterComparison(
  verdict: DependencyVerdict,
  { lock, isCompared, isReplaced }: UnknownLicences,
): DependencyVerdict {
  switch (lock.state) {
    case 'merged':
    case 'alone':
    case 'checked':
    case 'awaited':
    case 'refused':
      return withoutUnknown(verdict);
    case 'absent':
      return verdict;
    case 'none':
    case 'failed':
      return isCompared && isReplaced ? asWarnings(verdict) : verdict;
  }
}

function asWarnings(verdict: DependencyVerdict): DependencyVerdict {
  const { enforced, unchecked = [] } = verdict;
  const unknown = enforced.filter(isUnknown).map((finding): Warning => ({ ...finding, code: 'licence-unknown' }));
  return {
    ...verdict,
    enforced: enforced.filter((finding) => !isUnknown(finding)),
    unchecked: [...unchecked, ...unknown],
  };
}

import type { DependencyFinding } from '../../policy.ts';
import type { LockFault } from '../lock/fault.ts';
import type { NpmSource } from '../source.ts';

/** Faults of one kind that are reported one by one; a lock that was written for something else has thousands. */
const MOST_FAULTS = 10;

/** What a rule says about a fault of the lock. */
export interface FaultTold {
  readonly level: DependencyFinding['level'];
  readonly code: DependencyFinding['code'];
  readonly problem: string;
  readonly fix: string;
  /** Field of the lock's entry to point at. */
  readonly field?: string;
}

/** Tells of faults at their places in the lock, the first ones singly and of the rest the number. */
export function tellFaults(
  source: NpmSource,
  faults: readonly LockFault[],
  tell: (fault: LockFault) => FaultTold,
): readonly DependencyFinding[] {
  const { lock } = source;
  if (lock === undefined || 'problem' in lock) return [];
  const rest = faults.length - MOST_FAULTS;
  return faults.slice(0, MOST_FAULTS).map((fault, index) => {
    const { field, problem, ...told } = tell(fault);
    const more = rest > 0 && index === MOST_FAULTS - 1 ? ` (and ${rest} more like this)` : '';
    const path = fault.path ?? ['packages', fault.location, ...(field === undefined ? [] : [field])];
    return {
      file: lock.file,
      ...lock.json.positionOf(path, field === undefined ? 'key' : 'value'),
      package: fault.name,
      ...(fault.spec === '' ? {} : { spec: fault.spec }),
      problem: `${problem}${more}`,
      ...told,
    };
  });
}

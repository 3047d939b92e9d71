/** Entries of a lock without a checksum, or without a commit: their version is fixed, what they hold is not. */
import type { LockFault } from '../lock/fault.ts';
import { faultsOf } from '../source.ts';
import { quote, START_OVER } from './advice.ts';
import { tellFaults } from './lock-fault.ts';
import type { SourceRule } from './rule.ts';

export const lockIntegrity: SourceRule = (source) =>
  tellFaults(source, faultsOf(source, 'integrity', 'commit', 'version'), (fault) => ({
    code: 'dependencies-float',
    level: 'locked',
    problem: problemOf(fault),
    fix: START_OVER,
  }));

function problemOf({ kind, name, version }: LockFault): string {
  if (kind === 'commit') return `the lock has ${quote(name)} from Git without a full commit`;
  if (kind === 'version')
    return `the lock has ${quote(version)} as the version of ${quote(name)}, and npm would look for what fits that`;
  return `the lock has no checksum ("integrity") for ${quote(name)} ${quote(version)}`;
}

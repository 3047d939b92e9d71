/** A lock that is not written as npm writes it: its versions, and other tools, could read something else in it. */
import type { LockFault } from '../lock/fault.ts';
import { faultsOf } from '../source.ts';
import { quote, START_OVER } from './advice.ts';
import { tellFaults } from './lock-fault.ts';
import type { SourceRule } from './rule.ts';

export const lockShape: SourceRule = (source) =>
  tellFaults(source, faultsOf(source, 'shape', 'location', 'duplicate', 'legacy', 'yarn'), (fault) => ({
    code: 'dependencies-invalid',
    level: 'locked',
    ...(fault.field === undefined ? {} : { field: fault.field }),
    problem: problemOf(fault),
    fix: fault.kind === 'yarn' ? 'delete yarn.lock: npm installs, and has its own lock' : START_OVER,
  }));

function problemOf({ kind, location, name, field, reason = '' }: LockFault): string {
  switch (kind) {
    case 'location':
      return `the location ${quote(location)} ${reason}`;
    case 'duplicate':
      return `${quote(name)} is in the lock a second time, and npm takes the last one only`;
    case 'legacy':
      return `${quote(name)} in "dependencies" of the lock ${reason}`;
    case 'yarn':
      return 'npm takes from yarn.lock what this lock leaves out';
    default:
      return field === undefined
        ? `the entry ${quote(location)} cannot be used: ${reason}`
        : `the entry ${quote(location)} has ${quote(field)}: ${reason}`;
  }
}

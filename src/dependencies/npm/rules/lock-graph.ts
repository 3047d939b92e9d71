/** Entries of which npm 10 and npm 11 would make different installations: one believes the lock, the other follows the graph. */
import type { LockFault } from '../lock/fault.ts';
import { faultsOf } from '../source.ts';
import { quote, START_OVER } from './advice.ts';
import { tellFaults } from './lock-fault.ts';
import type { SourceRule } from './rule.ts';

export const lockGraph: SourceRule = (source) =>
  tellFaults(source, faultsOf(source, 'unreached', 'flag', 'shrinkwrap'), (fault) => ({
    code: 'dependencies-float',
    level: 'locked',
    ...(fault.field === undefined ? {} : { field: fault.field }),
    problem: problemOf(fault),
    fix: fault.kind === 'shrinkwrap' ? 'take a version or another package without npm-shrinkwrap.json' : START_OVER,
  }));

function problemOf({ kind, location, name, reason = '' }: LockFault): string {
  if (kind === 'unreached') return `nothing asks for ${quote(location)}, and npm 10 would install it all the same`;
  if (kind === 'shrinkwrap') {
    return `${quote(name)} brings an npm-shrinkwrap.json ("hasShrinkwrap"), which decides what is installed below it and is not seen`;
  }
  return `${quote(location)} ${reason}: npm 10 believes the lock, and npm 11 does not`;
}

/**
 * Tokens and passwords in the addresses of a lock, as npm writes them where the registry had one in its own. No such address
 * is that of an allowed registry, so what has one is among the lock's faults.
 */
import { holdsCredential } from '../../credentials.ts';
import { faultsOf } from '../source.ts';
import { aboutCredential } from './credential.ts';
import { tellFaults } from './lock-fault.ts';
import type { SourceRule } from './rule.ts';

export const lockCredential: SourceRule = (source) =>
  tellFaults(
    source,
    faultsOf(source, 'registry').filter(({ resolved }) => holdsCredential(resolved)),
    ({ resolved }) => ({ ...aboutCredential(resolved), field: 'resolved' }),
  );

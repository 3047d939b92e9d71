/** Entries of a lock without a checksum, or without a commit: their version is fixed, what they hold is not. */
import { faultsOf } from '../source.ts';
import { quote } from './advice.ts';
import { tellFaults } from './lock-fault.ts';
import type { SourceRule } from './rule.ts';

export const lockIntegrity: SourceRule = (source) =>
  tellFaults(source, faultsOf(source, 'integrity', 'commit'), ({ kind, name, version }) => ({
    code: 'dependencies-float',
    level: 'locked',
    problem:
      kind === 'integrity'
        ? `the lock has no checksum ("integrity") for ${quote(name)} ${quote(version)}`
        : `the lock has ${quote(name)} from Git without a full commit`,
    fix: 'delete the lock and node_modules, and write it anew with npm install --package-lock-only',
  }));

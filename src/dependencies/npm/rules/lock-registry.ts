/** Addresses in a lock that are not registries of the configuration: what npm downloads comes from there, unseen. */
import { hostOf } from '../registries.ts';
import { faultsOf } from '../source.ts';
import { quote } from './advice.ts';
import { tellFaults } from './lock-fault.ts';
import type { SourceRule } from './rule.ts';

export const lockRegistry: SourceRule = (source) =>
  tellFaults(source, faultsOf(source, 'registry', 'outside'), ({ kind, name, version, resolved }) => ({
    code: 'dependencies-invalid',
    level: 'no-latest',
    field: 'resolved',
    problem:
      kind === 'registry'
        ? `the lock takes ${quote(name)} ${quote(version)} from ${hostOf(resolved)}, which is not a registry that the configuration allows`
        : `the lock takes ${quote(name)} from ${quote(resolved)}, which is not in the source`,
    fix:
      kind === 'registry'
        ? 'write the lock again from an allowed registry, or have the administrator add this one to dependencies.registries.nodejs of the configuration'
        : 'copy it into the source, or write the lock again: npm install --package-lock-only',
  }));

/** A lock that does not hold what the package.json asks for: `npm ci` ends with EUSAGE, "not in sync". */
import { faultsOf } from '../source.ts';
import { quote, REWRITE } from './advice.ts';
import { tellFaults } from './lock-fault.ts';
import type { SourceRule } from './rule.ts';

export const lockInStep: SourceRule = (source) =>
  tellFaults(source, faultsOf(source, 'missing', 'other-version', 'other-package', 'no-target'), (fault) => ({
    code: 'dependencies-float',
    // No level installs by such a lock: npm ci refuses it.
    level: 'exact',
    problem: problemOf(fault),
    fix: REWRITE,
  }));

function problemOf({ kind, location, name, version, spec }: ReturnType<typeof faultsOf>[number]): string {
  if (kind === 'no-target') return `${quote(name)} is a link to a folder that the lock does not have`;
  if (kind === 'other-version') {
    return `the lock has ${quote(name)} in version ${quote(version)}, which does not fit ${quote(spec)}`;
  }
  if (kind === 'other-package')
    return `the lock has another package for ${quote(name)}, which is asked for as ${quote(spec)}`;
  const from = location === '' ? 'package.json' : quote(location);
  return `the lock lacks ${quote(name)}, for which ${from} asks as ${quote(spec)}`;
}

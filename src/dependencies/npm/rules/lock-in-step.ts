/** A lock that does not hold what the manifest asks for: `npm ci` ends with EUSAGE, "not in sync". */
import { faultsOf } from '../source.ts';
import { quote } from './advice.ts';
import { tellFaults } from './lock-fault.ts';
import type { SourceRule } from './rule.ts';

const CURE = 'write the lock anew: "buildless lock", or npm install --package-lock-only';

export const lockInStep: SourceRule = (source) =>
  tellFaults(source, faultsOf(source, 'missing', 'other-version', 'no-target'), (fault) => ({
    code: 'dependencies-float',
    level: 'locked',
    problem: problemOf(fault),
    fix: CURE,
  }));

function problemOf({ kind, location, name, version, spec }: ReturnType<typeof faultsOf>[number]): string {
  if (kind === 'no-target') return `${quote(name)} is a link to a folder that the lock does not have`;
  if (kind === 'other-version') {
    return `the lock has ${quote(name)} in version ${quote(version)}, which does not fit ${quote(spec)}`;
  }
  const from = location === '' ? 'package.json' : quote(location);
  return `the lock lacks ${quote(name)}, for which ${from} asks as ${quote(spec)}`;
}

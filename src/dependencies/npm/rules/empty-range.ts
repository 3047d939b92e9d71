/** Ranges that no version can be in (`>*`): npm would find nothing to install. */
import { boundOf } from '../range.ts';
import { versionAdvice } from './advice.ts';
import type { SpecRule } from './rule.ts';

export const emptyRange: SpecRule = (asked, source) => {
  const spec = asked.spec.kind === 'alias' ? asked.spec.target : asked.spec;
  if (spec.kind !== 'range' || boundOf(spec.range) !== 'none') return undefined;
  return {
    code: 'dependencies-invalid',
    level: 'no-latest',
    problem: 'a range that no version is in',
    fix: versionAdvice(asked, source),
  };
};

/** Ranges without an upper bound (`*`, `""`, `>=1`, `1 || *`, an alias without a version): they take whatever is newest. */
import { boundOf } from '../range.ts';
import { pinAdvice } from './advice.ts';
import type { SpecRule } from './rule.ts';

export const openRange: SpecRule = (asked, source) => {
  if (source.locked) return undefined;
  const spec = asked.spec.kind === 'alias' ? asked.spec.target : asked.spec;
  if (spec.kind !== 'range' || boundOf(spec.range) !== 'open') return undefined;
  return {
    code: 'dependencies-float',
    level: 'no-latest',
    problem: 'which takes the newest version on the day a Pod starts',
    fix: pinAdvice(asked, source),
  };
};

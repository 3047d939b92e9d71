/** Ranges with an upper bound (`^1.2.0`, `~1.2`, `1.x`, `1.2.3 || 1.2.4`): they take the newest version inside it. */
import { boundOf } from '../range.ts';
import { pinAdvice } from './advice.ts';
import type { SpecRule } from './rule.ts';

export const range: SpecRule = (asked, source) => {
  if (source.locked) return undefined;
  const spec = asked.spec.kind === 'alias' ? asked.spec.target : asked.spec;
  if (spec.kind !== 'range' || boundOf(spec.range) !== 'closed') return undefined;
  return {
    code: 'dependencies-float',
    level: 'exact',
    problem: 'a range: Pods take the newest version in it',
    fix: pinAdvice(asked, source),
  };
};

/** Dist-tags (`latest`, `next`, any word): they point to another version after the next release. */
import { pinAdvice } from './advice.ts';
import type { SpecRule } from './rule.ts';

export const tag: SpecRule = (asked, source) => {
  if (source.locked) return undefined;
  const spec = asked.spec.kind === 'alias' ? asked.spec.target : asked.spec;
  if (spec.kind !== 'tag') return undefined;
  return {
    code: 'dependencies-float',
    level: 'no-latest',
    problem: `a tag, which points to another version tomorrow`,
    fix: pinAdvice(asked, source),
  };
};

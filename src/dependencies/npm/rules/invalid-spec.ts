/** What npm's own parser refuses. */
import { versionAdvice } from './advice.ts';
import type { SpecRule } from './rule.ts';

export const invalidSpec: SpecRule = (asked, source) =>
  asked.spec.kind !== 'invalid'
    ? undefined
    : {
        code: 'dependencies-invalid',
        level: 'no-latest',
        problem: `which npm cannot read: ${asked.spec.reason}`,
        fix: versionAdvice(asked, source),
      };

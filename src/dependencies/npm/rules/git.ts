/** Git repositories without a full commit: a branch moves, a tag can be moved, `semver:` looks for the newest tag. */
import { type GitSpec, isCommit } from '../spec.ts';
import { lockAdvice, quote } from './advice.ts';
import type { SpecRule } from './rule.ts';

export const git: SpecRule = ({ asked, spec }, source) => {
  if (spec.kind !== 'git' || isCommit(spec.committish) || source.locked) return undefined;
  const text = 'resolved' in asked ? (asked.resolved ?? '') : asked.spec;
  const [repository = ''] = text.split('#');
  return {
    code: 'dependencies-float',
    level: 'no-latest',
    problem: `a Git repository ${reasonOf(spec)}`,
    fix: `write ${quote(`${repository}#COMMIT`)} with the full commit of 40 hexadecimal digits (git ls-remote shows it), or ${lockAdvice(source)}`,
  };
};

function reasonOf({ committish, range }: GitSpec): string {
  if (range !== undefined) return `of which the newest tag in the range ${quote(range)} is taken`;
  if (committish === undefined || committish === '') return 'without a commit, so that the newest one is taken';
  return /^[0-9a-f]{7,39}$/i.test(committish)
    ? `at ${quote(committish)}, which is not a full commit and may be a branch or a tag`
    : `at the branch or tag ${quote(committish)}, which can move`;
}

import { changedFinding } from '../release-age/judge.ts';
import { boundRules, mayRefuse } from './list.ts';
import type { ReleaseFinding, ReleaseQuestion, RuleVerdict } from './rule.ts';
import type { ReleaseRules, RuleName } from './rules.ts';

/** The verdict of one rule. */
export interface JudgedRule extends RuleVerdict {
  readonly name: RuleName;
  readonly title: string;
}

export interface ReleaseVerdict extends RuleVerdict {
  /** What each rule that holds has found. */
  readonly rules: readonly JudgedRule[];
}

/** Judges the versions of a revision by every rule of its namespace. Pure. */
export function judgeReleases(question: ReleaseQuestion, rules: ReleaseRules): ReleaseVerdict {
  const { releases, ...clock } = question.releases;
  // Other content is a forgery or a mistake, whoever publishes it: nothing that is said about it counts.
  const changed: readonly ReleaseFinding[] = releases.filter((each) => each.changed === true).map(changedFinding);
  const same = { ...clock, releases: releases.filter((each) => each.changed !== true) };
  const judged = boundRules(rules).map(({ name, title, judge }) => ({
    name,
    title,
    ...judge({ ...question, releases: same }),
  }));
  const isRefused = mayRefuse(rules);
  const refused = [...(isRefused ? changed : []), ...judged.flatMap((rule) => rule.refused)];
  const warned = [...(isRefused ? [] : changed), ...judged.flatMap((rule) => rule.warned)];
  const refusing = judged.filter((rule) => rule.refused.length > 0);
  const times = refusing.flatMap(({ until }) => until ?? []);
  const isMatterOfTime = changed.length === 0 && refusing.length > 0 && times.length === refusing.length;
  return { refused, warned, ...(isMatterOfTime && { until: Math.max(...times) }), rules: judged };
}

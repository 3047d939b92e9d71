import { describe, expect, it } from 'vitest';
import { judgeReleases } from '../../src/release-rules/judge.ts';
import type { ReleaseRules } from '../../src/release-rules/rules.ts';
import type { Release } from '../../src/release-age/release.ts';

const NOW = Date.parse('2026-03-31T12:00:00Z');
const AGE: ReleaseRules = { age: { seconds: 7 * 86_400, exceptions: [], unknown: 'refuse' } };
const YOUNG: Release = { name: 'axios', version: '1.14.1', published: '2026-03-31T00:00:00Z' };
const CHANGED: Release = { name: 'left-pad', version: '1.3.0', changed: true };

const judged = (releases: readonly Release[], rules: ReleaseRules) =>
  judgeReleases({ releases: { releases }, language: 'nodejs', now: NOW }, rules);

describe('rules about releases', () => {
  it('say when all that is refused passes', () => {
    const { refused, until, rules } = judged([YOUNG], AGE);
    expect(refused.map(({ code }) => code)).toEqual(['release-too-young']);
    expect(until).toBe(Date.parse('2026-04-07T00:00:00Z'));
    expect(rules.map(({ name, refused: own }) => [name, own.length])).toEqual([['age', 1]]);
  });

  it('refuse other content than that of the lock for good, by themselves and without a rule of its own', () => {
    const { refused, until, rules } = judged([YOUNG, CHANGED], AGE);
    expect(refused.map((finding) => `${finding.package} ${finding.code}`)).toEqual([
      'left-pad release-changed',
      'axios release-too-young',
    ]);
    expect(until).toBeUndefined();
    expect(rules.flatMap(({ refused: own }) => own.map(({ code }) => code))).toEqual(['release-too-young']);
  });

  it('that only warn refuse nothing, neither for other content nor for lost provenance', () => {
    const before = [{ name: 'axios', version: '1.14.0', attested: true }];
    const rules: ReleaseRules = { provenance: { lost: 'warn', exceptions: [] } };
    const verdict = judgeReleases(
      { releases: { releases: [YOUNG, CHANGED] }, language: 'nodejs', now: NOW, before },
      rules,
    );
    expect(verdict.refused).toEqual([]);
    expect(verdict.warned.map(({ code }) => code)).toEqual(['release-changed', 'provenance-lost']);
  });

  it('list what each finds, and wait for no time if one of them is not about time', () => {
    const before = [{ name: 'axios', version: '1.14.0', attested: true }];
    const rules: ReleaseRules = { ...AGE, provenance: { lost: 'refuse', exceptions: [] } };
    const verdict = judgeReleases({ releases: { releases: [YOUNG] }, language: 'nodejs', now: NOW, before }, rules);
    expect(verdict.refused.map(({ code }) => code)).toEqual(['release-too-young', 'provenance-lost']);
    expect(verdict.until).toBeUndefined();
    expect(judgeReleases({ releases: { releases: [YOUNG] }, language: 'nodejs', now: NOW }, rules).until).toBeDefined();
  });
});

import { describe, expect, it } from 'vitest';
import { formatFinding } from '../../src/outcome/finding.ts';
import { judgeAges } from '../../src/release-age/judge.ts';
import { isExcepted } from '../../src/release-age/excepted.ts';
import { formatAge, type ReleaseAgePolicy, releaseAgePolicy } from '../../src/release-age/policy.ts';
import type { Release } from '../../src/release-age/release.ts';

const NOW = Date.parse('2026-03-31T12:00:00Z');
const WEEK: ReleaseAgePolicy = { seconds: 7 * 86_400, exceptions: [], unknown: 'refuse' };
const release = (more: Partial<Release> = {}): Release => ({ name: 'axios', version: '1.14.1', ...more });
const at = (published: string): Release => release({ published });

const verdict = (
  releases: readonly Release[],
  policy: ReleaseAgePolicy = WEEK,
  clock?: string,
): { refused: readonly string[]; warned: readonly string[]; until: string | undefined } => {
  const given = { releases, ...(clock !== undefined && { clock }) };
  const { refused, warned, until } = judgeAges(given, 'nodejs', policy, NOW);
  return {
    refused: refused.map(({ code }) => code),
    warned: warned.map(({ code }) => code),
    until: until === undefined ? undefined : new Date(until).toISOString(),
  };
};
const PASSES = { refused: [], warned: [], until: undefined };

describe('a version', () => {
  it('passes if it is exactly old enough, and not a millisecond earlier', () => {
    expect(verdict([at('2026-03-24T12:00:00.000Z')])).toEqual(PASSES);
    expect(verdict([at('2026-03-24T12:00:00.001Z')])).toEqual({
      refused: ['release-too-young'],
      warned: [],
      until: '2026-03-31T12:00:00.001Z',
    });
  });

  it('that is too young is refused with the time, the age, and when it passes', () => {
    const [finding] = judgeAges({ releases: [at('2026-03-31T00:21:00.500Z')] }, 'nodejs', WEEK, NOW).refused;
    expect(finding === undefined ? '' : formatFinding(finding)).toBe(
      'axios 1.14.1 was published at 2026-03-31T00:21:01Z, and has to be 7d old; wait until 2026-04-07T00:21:01Z, use an older version, or ask the administrator to add it to dependencies.releaseAgeExceptions [release-too-young]',
    );
  });

  it('without a time, and one with other content, are named with what to do', () => {
    const releases = [release({ unknown: 'it comes from a repository' }), release({ changed: true })];
    expect(judgeAges({ releases }, 'nodejs', WEEK, NOW).refused.map(formatFinding)).toEqual([
      'axios 1.14.1 has to be 7d old, and nobody tells when it was published (it comes from a repository); use a version of a registry that gives times, or ask the administrator to add it to dependencies.releaseAgeExceptions [release-age-unknown]',
      'the registry has axios 1.14.1 with other content than the lock; compare both; if the registry is right, resolve the lock again ("buildless lock --refresh") [release-changed]',
    ]);
  });

  it('of the future is too young until its own time and the age have passed', () => {
    expect(verdict([at('2027-01-01T00:00:00Z')]).until).toBe('2027-01-08T00:00:00.000Z');
  });

  it.each([
    ['allow', [], []],
    ['warn', [], ['release-age-unknown']],
    ['refuse', ['release-age-unknown'], []],
  ] as const)('without a time follows unknownReleaseAge: %s', (unknown, refused, warned) => {
    expect(verdict([release()], { ...WEEK, unknown })).toEqual({ refused, warned, until: undefined });
    expect(verdict([at('yesterday')], { ...WEEK, unknown })).toEqual({ refused, warned, until: undefined });
  });

  it('with a time that only its lock gives is refused if that is too young, and has no known time otherwise', () => {
    const allow: ReleaseAgePolicy = { ...WEEK, unknown: 'allow' };
    expect(verdict([release({ claimed: '2026-03-31T00:00:00Z' })], allow).refused).toEqual(['release-too-young']);
    expect(verdict([release({ claimed: '2020-01-01T00:00:00Z' })]).refused).toEqual(['release-age-unknown']);
    expect(verdict([release({ published: '2026-01-01T00:00:00Z', claimed: '2026-03-31T00:00:00Z' })])).toEqual(PASSES);
  });

  it('with other content at the registry is refused, excepted or not, however old', () => {
    const changed = release({ changed: true, published: '2020-01-01T00:00:00Z' });
    const policy: ReleaseAgePolicy = { ...WEEK, exceptions: ['axios'], unknown: 'allow' };
    expect(verdict([changed], policy)).toEqual({ refused: ['release-changed'], warned: [], until: undefined });
  });
});

describe('a lock', () => {
  it('passes when its youngest version is old enough', () => {
    const releases = [at('2026-03-30T00:00:00Z'), at('2026-03-31T00:00:00Z'), at('2020-01-01T00:00:00Z')];
    expect(verdict(releases)).toMatchObject({
      refused: ['release-too-young', 'release-too-young'],
      until: '2026-04-07T00:00:00.000Z',
    });
  });

  it('does not pass by itself if a version in it has no time', () => {
    expect(verdict([at('2026-03-30T00:00:00Z'), release()]).until).toBeUndefined();
  });
});

describe('clocks that differ', () => {
  it('count by the one that is behind: a clock here that runs ahead lets nothing pass', () => {
    const young = at('2026-03-26T12:00:00Z');
    expect(verdict([young], WEEK, '2026-03-27T12:00:00Z').refused).toEqual(['release-too-young']);
    expect(verdict([young], WEEK, '2027-01-01T00:00:00Z').refused).toEqual(['release-too-young']);
    // Six days have to pass by the registry's clock, so it is waited for six days by the own one.
    expect(verdict([young], WEEK, '2026-03-27T12:00:00Z').until).toBe('2026-04-06T12:00:00.000Z');
  });
});

describe('exceptions', () => {
  it.each([
    ['axios', 'nodejs', ['axios'], true],
    ['axios-mock', 'nodejs', ['axios'], false],
    ['@shop/cart', 'nodejs', ['@shop/*'], true],
    ['@shopping/cart', 'nodejs', ['@shop/*'], false],
    ['shop-cart', 'python', ['shop-*'], true],
    ['shop-cart', 'python', ['Shop_Cart'], true],
    ['shop-cart', 'nodejs', ['Shop_Cart'], false],
  ] as const)('of %s (%s) by %j: %s', (name, language, exceptions, excepted) => {
    expect(isExcepted(name, language, exceptions)).toBe(excepted);
  });
});

describe('the age of a namespace', () => {
  const settings = { minimumReleaseAge: 3600, releaseAgeExceptions: [], unknownReleaseAge: 'warn' } as const;

  it('is the longer one of configuration and label', () => {
    expect(releaseAgePolicy(settings, 60)?.seconds).toBe(3600);
    expect(releaseAgePolicy(settings, 7200)?.seconds).toBe(7200);
    expect(releaseAgePolicy({ ...settings, minimumReleaseAge: 0 }, 60)?.seconds).toBe(60);
    expect(releaseAgePolicy({ ...settings, minimumReleaseAge: 0 })).toBeUndefined();
  });

  it('reads as it is written', () => {
    expect([7 * 86_400, 36 * 3600, 90 * 60, 61].map(formatAge)).toEqual(['7d', '36h', '90m', '61s']);
  });
});

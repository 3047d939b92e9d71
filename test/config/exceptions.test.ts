import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/load.ts';
import { formatProblem } from '../../src/outcome/problem.ts';
import { REFUSALS } from '../../src/outcome/codes.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const GOOD = {
  namespace: 'shop',
  function: 'pay',
  package: 'left-pad',
  code: 'dependencies-float',
  reason: 'TICKET-12',
  until: '2027-01-31',
};

const textOf = (...rows: readonly object[]): string =>
  `dependencies:\n  exceptions:\n${rows.map((row) => `    - ${JSON.stringify(row)}\n`).join('')}`;

const load = (text: string) => parseConfiguration(text, 'config.yaml', NOW);

function problemsOf(text: string): readonly string[] {
  const loaded = load(text);
  return 'findings' in loaded ? loaded.findings.map(formatProblem) : [];
}

function warningsOf(text: string): readonly string[] {
  const loaded = load(text);
  return 'findings' in loaded ? loaded.findings.map(formatProblem) : loaded.warnings.map(formatProblem);
}

describe('exceptions of the configuration', () => {
  it('are taken as they are written, the day without quotes', () => {
    const loaded = load(`dependencies:
  exceptions:
    - { namespace: shop, function: pay, package: left-pad, code: dependencies-float, reason: 'TICKET-12', until: 2027-01-31 }
    - { namespace: shop, function: '*', package: '@shop/cart', code: release-too-young, reason: ours, until: 2027-06-30 }
`);
    if ('findings' in loaded) throw new Error(JSON.stringify(loaded.findings));
    expect(loaded.warnings).toEqual([]);
    expect(loaded.configuration.dependencies.exceptions).toEqual([
      GOOD,
      {
        ...GOOD,
        function: '*',
        package: '@shop/cart',
        code: 'release-too-young',
        reason: 'ours',
        until: '2027-06-30',
      },
    ]);
  });

  it.each(Object.keys(GOOD))('need "%s"', (key) => {
    const row = Object.fromEntries(Object.entries(GOOD).filter(([each]) => each !== key));
    expect(problemsOf(textOf(row))).toEqual([
      `dependencies.exceptions[0].${key} config.yaml:3:7: ${key} is missing; add ${key}`,
    ]);
  });

  it.each([
    ['until', '2027-02-30', '"2027-02-30" is not a day; write the last day on which it applies as YYYY-MM-DD'],
    ['until', 'never', '"never" is not a day'],
    ['until', '2027-01-31T12:00:00Z', 'is not a day'],
    ['namespace', '*', '"*" is not the name of a namespace; write one namespace'],
    ['namespace', 'shop-*', '"shop-*" is not the name of a namespace'],
    ['function', 'pay*', '"pay*" is not the name of a Function; write one name, or "*" (with quotes)'],
    ['package', '*', '"*" is not the name of a package'],
    ['package', '@shop/*', '"@shop/*" is not the name of a package'],
    ['package', 'a:b', '"a:b" is not the name of a package'],
    ['package', 'x'.repeat(300), 'is not the name of a package'],
    ['reason', ' ', 'the reason has 1 characters, or a line break'],
    ['reason', 'a\nb', 'or a line break; write who answers for it and why on one line'],
    ['reason', 'x'.repeat(201), 'the reason has 201 characters'],
    ['code', 'dependency-float', '"dependency-float" is not a code of a finding; write dependencies-float'],
    ['code', 'release-to-young', '"release-to-young" is not a code of a finding; write release-too-young'],
    [
      'code',
      'zzz',
      'use one of dependencies-float, release-too-young, release-age-unknown, provenance-lost, licence-refused, licence-unknown',
    ],
    ['code', 'existing-pods', '"existing-pods" refuses nothing; use one of'],
    ['code', 'dependency-denied', '"dependency-denied" cannot be lifted, because an exception for one incident would'],
    ['code', 'release-changed', '"release-changed" cannot be lifted, because other content'],
    ['code', 'not-injected', '"not-injected" cannot be lifted, because the finding is not about a package'],
    ['code', '__proto__', '"__proto__" is not a code'],
  ])('are not taken with %s %j', (key, value, expected) => {
    const problems = problemsOf(textOf({ ...GOOD, [key]: value }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it('cannot lift most refusals, and say why of each', () => {
    for (const code of Object.keys(REFUSALS)) {
      const [problem = ''] = problemsOf(textOf({ ...GOOD, code }));
      if (problem !== '') expect(problem).toMatch(/ cannot be lifted, because .{20,}; use one of /);
    }
  });

  it('are 200 at most, as each is a time series', () => {
    expect(problemsOf(textOf(...Array.from({ length: 200 }, () => GOOD)))).toEqual([]);
    expect(problemsOf(textOf(...Array.from({ length: 201 }, () => GOOD)))).toHaveLength(1);
  });

  it('that have ended are a warning with their place, so that the day keeps no webhook from starting', () => {
    expect(warningsOf(textOf(GOOD, { ...GOOD, until: '2026-11-28' }))).toEqual([
      'dependencies.exceptions[1].until config.yaml:4:122: the exception for "left-pad" (dependencies-float) of shop/pay ended on 2026-11-28 and does not apply; remove it, or write a later day',
    ]);
  });

  it.each([
    ['2026-11-29', 'ends today, after 2026-11-29'],
    ['2026-11-30', 'ends tomorrow, after 2026-11-30'],
    ['2026-12-06', 'ends in 7 days, after 2026-12-06'],
  ])('are warned of a week before their end: %s', (until, expected) => {
    expect(warningsOf(textOf({ ...GOOD, until }))[0]).toContain(expected);
  });

  it('are not warned of earlier', () => {
    expect(warningsOf(textOf({ ...GOOD, until: '2026-12-07' }))).toEqual([]);
  });

  it('are taken away by null', () => {
    const loaded = load('dependencies: { exceptions: null }');
    expect('configuration' in loaded && loaded.configuration.dependencies.exceptions).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageOfFunction, rulesOfFunction } from '../../src/exceptions/ages.ts';
import { EXCEPTABLE_CODES } from '../../src/exceptions/codes.ts';
import { dayOf, daysUntil, endOf, isDay, type Exception } from '../../src/exceptions/exception.ts';
import { Exceptions, exceptionsBy, NO_EXCEPTIONS } from '../../src/exceptions/exceptions.ts';
import { exceptionsOfPod, liftInPod, parsePodException } from '../../src/exceptions/of-pod.ts';
import type { DependencyFinding } from '../../src/dependencies/policy.ts';
import { licencePolicy } from '../../src/licences/policy.ts';
import { judgeReleaseLicences } from '../../src/licences/releases.ts';
import { boundRules } from '../../src/release-rules/list.ts';

const exception = (more: Partial<Exception> = {}): Exception => ({
  namespace: 'shop',
  function: 'pay',
  package: 'left-pad',
  code: 'dependencies-float',
  reason: 'TICKET-12',
  until: '2027-01-31',
  ...more,
});

const floating = (name: string | undefined, code: DependencyFinding['code'] = 'dependencies-float') =>
  ({
    code,
    file: 'package.json',
    line: 3,
    level: 'no-latest',
    problem: `"${name ?? ''}" is "latest"`,
    fix: 'write one version',
    ...(name !== undefined && { package: name }),
  }) satisfies DependencyFinding;

const PAY = { namespace: 'shop', function: 'pay', language: 'nodejs' } as const;
const on = (today: string, ...all: readonly Exception[]): Exceptions => new Exceptions(all, today);

describe('an exception', () => {
  it('lifts the finding that it names, through the end of its last day', () => {
    for (const today of ['2026-11-29', '2027-01-30', '2027-01-31']) {
      const { kept, excepted } = on(today, exception()).lift([floating('left-pad'), floating('axios')], PAY);
      expect(kept).toEqual([floating('axios')]);
      expect(excepted).toMatchObject([{ code: 'exception-used', package: 'left-pad', file: 'package.json', line: 3 }]);
      expect(excepted[0]?.problem).toContain('(TICKET-12): "left-pad" is "latest" [dependencies-float]');
    }
  });

  it('lifts nothing from the next day on, and the finding says on which day it ended', () => {
    const { kept, excepted } = on('2027-02-01', exception()).lift([floating('left-pad')], PAY);
    expect(excepted).toEqual([]);
    expect(kept.map(({ problem }) => problem)).toEqual([
      '"left-pad" is "latest" (an exception for it ended on 2027-01-31)',
    ]);
  });

  it.each([
    ['another namespace', { ...PAY, namespace: 'bank' }, floating('left-pad')],
    ['another Function', { ...PAY, function: 'cart' }, floating('left-pad')],
    ['a source that no Function names', { ...PAY, function: undefined }, floating('left-pad')],
    ['another package', PAY, floating('left-pad2')],
    ['another code', PAY, floating('left-pad', 'dependencies-invalid')],
    ['a finding about the whole file', PAY, floating(undefined)],
  ])('does not count for %s', (_, who, finding) => {
    expect(on('2026-11-29', exception()).lift([finding], who)).toEqual({ kept: [finding], excepted: [] });
  });

  it('is for every Function of its namespace with "*"', () => {
    const every = on('2026-11-29', exception({ function: '*' }));
    expect(every.lift([floating('left-pad')], { ...PAY, function: 'cart' }).kept).toEqual([]);
    expect(every.lift([floating('left-pad')], { ...PAY, namespace: 'bank' }).kept).toHaveLength(1);
  });

  it('knows a package by the name that its registry normalizes', () => {
    const python = { ...PAY, language: 'python' } as const;
    const of = (name: string): Exceptions => on('2026-11-29', exception({ package: name }));
    expect(of('Left_Pad').lift([floating('left-pad')], python).kept).toEqual([]);
    // npm tells upper and lower case apart.
    expect(of('Left-Pad').lift([floating('left-pad')], PAY).kept).toHaveLength(1);
  });

  it('that ends last counts if there are several for the same', () => {
    const both = [exception({ until: '2026-01-31' }), exception({ until: '2027-01-31' })];
    for (const all of [both, both.toReversed()])
      expect(on('2026-11-29', ...all).lift([floating('left-pad')], PAY).kept).toEqual([]);
  });

  it.each([
    ['2027-01-23', false, 'until 2027-01-31 (TICKET-12)'],
    ['2027-01-24', true, 'until 2027-01-31, in 7 days (TICKET-12)'],
    ['2027-01-30', true, 'until 2027-01-31, tomorrow (TICKET-12)'],
    ['2027-01-31', true, 'until 2027-01-31, today (TICKET-12)'],
  ])('on %s ends soon: %s', (today, endsSoon, text) => {
    const [used] = on(today, exception()).lift([floating('left-pad')], PAY).excepted;
    expect(used?.endsSoon).toBe(endsSoon);
    expect(used?.problem).toContain(text);
  });
});

describe('the exceptions in force', () => {
  const DAY = 86_400_000;

  it('are the same object all day, and others on the next day and with another configuration', () => {
    let now = Date.parse('2027-01-31T00:00:00Z');
    let settings: readonly Exception[] = [exception()];
    const current = exceptionsBy(
      () => settings,
      () => now,
    );
    const first = current();
    now += DAY - 1;
    expect(current()).toBe(first);
    expect(first.lift([floating('left-pad')], PAY).kept).toEqual([]);
    now += 1;
    expect(current()).not.toBe(first);
    expect(current().lift([floating('left-pad')], PAY).kept).toHaveLength(1);
    settings = [];
    expect(current().all).toEqual([]);
  });

  const anyDay = fc.integer({ min: 0, max: 40_000 }).map((days) => dayOf(days * DAY));
  const anyException = fc
    .record({
      namespace: fc.constantFrom('shop', 'bank'),
      function: fc.constantFrom('pay', 'cart', '*'),
      package: fc.constantFrom('left-pad', 'axios', '@shop/cart'),
      code: fc.constantFrom(...EXCEPTABLE_CODES),
      until: anyDay,
    })
    .map((record) => exception(record));

  it('never add, change or reorder what they do not lift, and count each finding once', () => {
    const anyFinding = fc
      .tuple(
        fc.constantFrom('left-pad', 'axios', '@shop/cart', undefined),
        fc.constantFrom<DependencyFinding['code']>('dependencies-float', 'dependencies-invalid', 'too-complex'),
      )
      .map(([name, code]) => floating(name, code));
    fc.assert(
      fc.property(fc.array(anyException), anyDay, fc.array(anyFinding), (all, today, findings) => {
        const { kept, excepted } = on(today, ...all).lift(findings, PAY);
        expect(kept.length + excepted.length).toBe(findings.length);
        for (const each of kept) expect(findings.some(({ problem }) => each.problem.startsWith(problem))).toBe(true);
        for (const { exception: used } of excepted) {
          expect(used.until >= today).toBe(true);
          expect(used.namespace).toBe('shop');
          expect(used.code).toBe('dependencies-float');
        }
        for (const { code } of findings.filter((each) => each.code !== 'dependencies-float'))
          expect(kept.filter((each) => each.code === code)).toHaveLength(
            findings.filter((each) => each.code === code).length,
          );
      }),
    );
  });

  it('come to a Pod and decide there as they do in admission', () => {
    fc.assert(
      fc.property(fc.array(anyException), anyDay, (all, today) => {
        const findings = [floating('left-pad'), floating('axios'), floating('@shop/cart')];
        const there = on(today, ...all);
        const inPod = exceptionsOfPod(there.of(PAY)).map(parsePodException);
        const known = inPod.filter((each) => each !== undefined);
        expect(known).toHaveLength(inPod.length);
        expect(liftInPod(known, findings, 'nodejs', today).kept).toEqual(there.lift(findings, PAY).kept);
      }),
    );
  });

  it('lift ages of one Function only, and the others keep the policy itself', () => {
    const age = { seconds: 60, exceptions: [], unknown: 'refuse' } as const;
    const all = on(
      '2027-02-01',
      exception({ code: 'release-too-young', until: '2027-02-01' }),
      exception({ code: 'release-age-unknown' }),
    );
    expect(ageOfFunction(age, all, PAY)).toEqual({
      ...age,
      lifted: [
        { package: 'left-pad', code: 'release-too-young' },
        { package: 'left-pad', code: 'release-age-unknown', ended: '2027-01-31' },
      ],
    });
    expect(ageOfFunction(age, all, { ...PAY, function: 'cart' })).toBe(age);
    expect(ageOfFunction(undefined, all, PAY)).toBeUndefined();
    expect(ageOfFunction(age, NO_EXCEPTIONS, PAY)).toBe(age);
  });

  it('lift a loss of provenance of one Function only, and the others keep their rules', () => {
    const rules = { provenance: { lost: 'refuse', exceptions: [] } } as const;
    const all = on('2027-01-31', exception({ code: 'provenance-lost' }));
    expect(rulesOfFunction(rules, all, PAY)).toEqual({
      provenance: { ...rules.provenance, lifted: [{ package: 'left-pad' }] },
    });
    const later = on('2027-02-01', exception({ code: 'provenance-lost' }));
    expect(rulesOfFunction(rules, later, PAY)?.provenance?.lifted).toEqual([
      { package: 'left-pad', ended: '2027-01-31' },
    ]);
    expect(rulesOfFunction(rules, all, { ...PAY, function: 'cart' })).toBe(rules);
    expect(rulesOfFunction(undefined, all, PAY)).toBeUndefined();
  });
});

describe('exceptions from the list of licences', () => {
  const policy = licencePolicy({ allowed: [], refused: ['GPL-3.0-only'], unknown: 'refuse', exceptions: [] });
  if (policy === undefined) throw new Error('nothing is refused');
  const licences = policy;
  const judged = (
    today: string,
    who: Parameters<Exceptions['of']>[0] = PAY,
    code: Exception['code'] = 'licence-refused',
  ): readonly string[] => {
    const releases = [
      { name: 'left-pad', version: '1.0.0', licence: 'GPL-3.0-only' },
      { name: 'other', version: '1.0.0', licence: 'GPL-3.0-only' },
    ];
    const rules = rulesOfFunction({ licences }, on(today, exception({ code })), who);
    return judgeReleaseLicences(releases, 'nodejs', rules?.licences ?? licences).refused.map(({ problem }) => problem);
  };
  const [leftPad, other] = judged('2027-01-31', { ...PAY, function: 'cart' });

  it('lift one code of one package of one Function, through its last day', () => {
    expect(judged('2027-01-31')).toEqual([other]);
    expect(judged('2027-01-31', PAY, 'licence-unknown')).toEqual([leftPad, other]);
    expect(judged('2027-02-01')).toEqual([`${leftPad} (an exception for it ended on 2027-01-31)`, other]);
  });

  it('give locks that were compared with them another name while they are in force', () => {
    const named = (today: string): string =>
      JSON.stringify(
        boundRules(rulesOfFunction({ licences }, on(today, exception({ code: 'licence-refused' })), PAY)).map(
          ({ inDigest }) => inDigest,
        ),
      );
    const without = JSON.stringify(boundRules({ licences }).map(({ inDigest }) => inDigest));
    expect(named('2027-01-31')).not.toBe(without);
    expect(named('2027-02-01')).toBe(without);
  });
});

describe('a day', () => {
  it.each(['2027-01-31', '2028-02-29', '1970-01-01'])('is %s', (text) => {
    expect(isDay(text)).toBe(true);
  });

  it.each([
    '2027-02-29',
    '2027-13-01',
    '2027-1-31',
    '2027-01-31T00:00:00Z',
    '31.01.2027',
    '',
    'tomorrow',
    '+02027-01-31',
  ])('is not %s', (text) => {
    expect(isDay(text)).toBe(false);
  });

  it('ends with its last millisecond in UTC', () => {
    expect(dayOf(endOf(exception()) - 1)).toBe('2027-01-31');
    expect(dayOf(endOf(exception()))).toBe('2027-02-01');
    expect(daysUntil('2027-03-01', '2027-02-28')).toBe(1);
    expect(daysUntil('2027-01-31', '2027-02-02')).toBe(-2);
  });
});

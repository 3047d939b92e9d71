import fc from 'fast-check';
import satisfies from 'spdx-satisfies';
import { describe, expect, it } from 'vitest';
import { LONGEST_LICENCE, parseExpression, readDeclared } from '../../src/licences/expression.ts';
import { identifierOf, IDENTIFIERS } from '../../src/licences/identifier.ts';
import { judgeLicence } from '../../src/licences/judge.ts';
import { licencePolicy, type LicencePolicy, type LicenceSettings } from '../../src/licences/policy.ts';

const policyOf = (settings: Partial<LicenceSettings>): LicencePolicy => {
  const policy = licencePolicy({ allowed: [], refused: [], unknown: 'refuse', exceptions: [], ...settings });
  if (policy === undefined) throw new Error('no policy');
  return policy;
};
const verdictOn = (declared: string | undefined, settings: Partial<LicenceSettings>): string =>
  judgeLicence(declared, policyOf(settings)).type;

describe('a licence', () => {
  it.each<[string, Partial<LicenceSettings>, string]>([
    ['MIT', { allowed: ['MIT'] }, 'passed'],
    ['ISC', { allowed: ['MIT'] }, 'refused'],
    ['ISC', { refused: ['MIT'] }, 'passed'],
    ['MIT', { refused: ['MIT'] }, 'refused'],
    ['MIT OR GPL-3.0-only', { allowed: ['MIT'] }, 'passed'],
    ['(GPL-3.0-only OR MIT)', { allowed: ['MIT'], refused: ['GPL-3.0-only'] }, 'passed'],
    ['MIT AND GPL-3.0-only', { allowed: ['MIT'] }, 'refused'],
    ['MIT AND ISC', { allowed: ['MIT', 'ISC'] }, 'passed'],
    ['MIT AND (ISC OR GPL-3.0-only)', { refused: ['GPL-3.0-only'] }, 'passed'],
    ['MIT AND ISC AND GPL-3.0-only', { refused: ['GPL-3.0-only'] }, 'refused'],
    // The list of refused ones counts more.
    ['MIT', { allowed: ['MIT'], refused: ['MIT'] }, 'refused'],
    ['GPL-2.0-or-later', { refused: ['GPL-3.0-only'] }, 'refused'],
    ['GPL-2.0-or-later', { allowed: ['GPL-2.0-only'] }, 'passed'],
    ['GPL-2.0-only', { refused: ['GPL-3.0-or-later'] }, 'passed'],
    ['GPL-2.0', { refused: ['GPL-2.0-only'] }, 'refused'],
    ['GPL-2.0+', { refused: ['GPL-2.0-or-later'] }, 'refused'],
    ['LGPL-2.1-only', { refused: ['GPL-1.0-or-later'] }, 'passed'],
    ['Apache-2.0', { allowed: ['Apache-1.1+'] }, 'passed'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', { refused: ['GPL-2.0-only'] }, 'passed'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', { allowed: ['GPL-2.0-only'] }, 'refused'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', { allowed: ['GPL-2.0-only WITH Classpath-exception-2.0'] }, 'passed'],
    ['MIT-0', { refused: ['MIT'] }, 'passed'],
    ['LicenseRef-shop-1.0', { allowed: ['LicenseRef-shop-1.0'] }, 'passed'],
    ['LicenseRef-shop-2.0', { allowed: ['LicenseRef-shop-1.0'] }, 'refused'],
    // Names as people write them, without a guess.
    ['mit', { allowed: ['MIT'] }, 'passed'],
    ['Apache License, Version 2.0', { refused: ['Apache-2.0'] }, 'refused'],
    ['BSD 3-Clause License', { allowed: ['BSD-3-Clause'] }, 'passed'],
    ['BSD', { allowed: ['BSD-3-Clause'] }, 'unknown'],
    ['GPL', { refused: ['GPL-3.0-only'] }, 'unknown'],
    ['UNLICENSED', { allowed: ['MIT'] }, 'unknown'],
    ['SEE LICENSE IN LICENSE.txt', { refused: ['MIT'] }, 'unknown'],
    ['NOASSERTION', { refused: ['MIT'] }, 'unknown'],
    ['', { refused: ['MIT'] }, 'unknown'],
  ])('%j with %j is %s', (declared, settings, verdict) => {
    expect(verdictOn(declared, settings)).toBe(verdict);
  });

  it('that nobody declares is unknown', () => {
    expect(verdictOn(undefined, { allowed: ['MIT'] })).toBe('unknown');
  });

  it('is refused with all that is in the way', () => {
    expect(judgeLicence('ISC AND (0BSD OR Zlib) AND MIT', policyOf({ allowed: ['MIT'] }))).toEqual({
      type: 'refused',
      licences: ['ISC', '0BSD', 'Zlib'],
      isListed: false,
    });
  });
});

/** Families with versions that spdx-satisfies reads as SPDX does; it takes names of eight letters for "or later". */
const LEAVES = [
  'MIT',
  'ISC',
  '0BSD',
  'Apache-2.0',
  'Apache-1.1+',
  'BSD-3-Clause',
  'GPL-1.0-only',
  'GPL-2.0-only',
  'GPL-2.0-or-later',
  'GPL-3.0-only',
  'GPL-3.0-or-later',
  'MPL-1.1',
  'MPL-2.0',
  'EPL-1.0',
  'EPL-2.0',
];
const leaf = fc.constantFrom(...LEAVES);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc
      .tuple(tie('expression'), fc.constantFrom('AND', 'OR'), tie('expression'))
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
  ),
}));
const list = fc.uniqueArray(leaf, { minLength: 1, maxLength: 5 });

describe('an expression', () => {
  it('passes a list of allowed licences as spdx-satisfies says', () => {
    fc.assert(
      fc.property(expression, list, (declared, allowed) => {
        expect(verdictOn(declared, { allowed })).toBe(satisfies(declared, allowed) ? 'passed' : 'refused');
      }),
      { numRuns: 500 },
    );
  });

  it('is refused by a list of refused licences as if they were not allowed', () => {
    fc.assert(
      fc.property(expression, list, (declared, refused) => {
        const allowed = LEAVES.filter((each) => !refused.some((other) => satisfies(each, [other])));
        // A list of nothing would allow everything.
        fc.pre(allowed.length > 0);
        const exact = new Set(allowed);
        const passes = verdictOn(declared, { refused }) === 'passed';
        const leaves = declared.split(/\) (?:AND|OR) \(|[()]/).filter((part) => LEAVES.includes(part));
        if (leaves.every((each) => exact.has(each))) expect(passes).toBe(true);
        if (leaves.every((each) => !exact.has(each))) expect(passes).toBe(false);
        expect(verdictOn(declared, { refused, allowed: LEAVES })).toBe(passes ? 'passed' : 'refused');
      }),
    );
  });

  it('of hostile text is not one, and costs no more than its length', () => {
    const hostile = [
      `${'('.repeat(250)}MIT${')'.repeat(250)}`.slice(0, LONGEST_LICENCE + 1),
      '('.repeat(LONGEST_LICENCE),
      Array.from({ length: 80 }, () => 'ISC').join(' AND '),
      'MIT OR '.repeat(70_000),
      `MIT${' '.repeat(1_000_000)}`,
      'a'.repeat(5_000_000),
      '%%%MIT',
      'MIT\u0000AND GPL-3.0-only',
      'MIT\nISC',
      'MIT OR',
      'WITH',
      '__proto__',
      'constructor',
      'toString',
    ];
    for (const text of hostile) expect(readDeclared(text), text.slice(0, 40)).toBeUndefined();
    // Every alternative of a product is looked at once: expanded, these are 2^60.
    const product = Array.from({ length: 24 }, () => '(ISC OR MIT)').join(' AND ');
    expect(product.length).toBeLessThan(LONGEST_LICENCE);
    expect(verdictOn(product, { allowed: ['MIT'] })).toBe('passed');
    expect(verdictOn(`${product} AND X11`, { allowed: ['MIT'] })).toBe('refused');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('(', ')', ' ', 'MIT', 'OR', 'AND', 'WITH', '+', '-', '%') }),
        (text) => {
          const parsed = parseExpression(text);
          // What is read is read as it is written.
          if (parsed !== undefined) expect(text).not.toContain('%');
        },
      ),
    );
  });
});

describe('a name', () => {
  it('of SPDX means itself, however its letters are written', () => {
    for (const identifier of IDENTIFIERS) expect(identifierOf(identifier.toLowerCase())).toBe(identifier);
  });
});

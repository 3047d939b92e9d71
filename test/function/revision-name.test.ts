import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseOf, isNamedBy, parseRevisionName, revisionName } from '../../src/function/revision-name.ts';

const digest = fc
  .array(fc.integer({ min: 0, max: 15 }), { minLength: 64, maxLength: 64 })
  .map((digits) => `sha256:${digits.map((digit) => digit.toString(16)).join('')}`);
const label = fc.stringMatching(/^[a-z0-9](?:[-a-z0-9]{0,20}[a-z0-9])?$/);
const subdomain = fc
  .array(label, { minLength: 1, maxLength: 12 })
  .map((labels) => labels.join('.'))
  .filter((name) => name.length <= 253);

describe('the name of a revision', () => {
  it('begins with the name of its source and ends with the digest of what it holds', () => {
    expect(revisionName(baseOf('hello'), `sha256:3fa9c1d204${'0'.repeat(54)}`)).toBe('hello-3fa9c1d204');
  });

  it('fits into a ConfigMap, and its base into a label, for every source', () => {
    fc.assert(
      fc.property(subdomain, digest, fc.integer({ min: 10, max: 64 }), (source, of, digits) => {
        const base = baseOf(source);
        expect(base.length).toBeLessThanOrEqual(63);
        expect(base).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
        const name = revisionName(base, of, digits);
        expect(parseRevisionName(name)).toEqual({ base, hex: of.slice(7, 7 + digits) });
        expect(isNamedBy(of, name)).toBe(true);
      }),
    );
  });

  it('differs for long names that begin alike', () => {
    const long = 'a'.repeat(80);
    expect(baseOf(`${long}b`)).not.toBe(baseOf(`${long}c`));
  });

  it.each([
    'hello',
    'hello-3fa9',
    'hello-3FA9C1D204',
    '-3fa9c1d204',
    'Hello-3fa9c1d204',
    `${'a'.repeat(64)}-3fa9c1d204`,
  ])('is not %s', (name) => {
    expect(parseRevisionName(name)).toBeUndefined();
  });
});

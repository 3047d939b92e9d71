import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonCursor } from '../../../../src/dependencies/npm/lock/json-cursor.ts';
import { anyJson, change, changed, lock } from './arbitrary-lock.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('JSON that is passed through', () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const isPassed = (text: string): boolean => {
    const json = new JsonCursor(bytesOf(text));
    json.passSpace();
    json.passValue();
    json.passSpace();
    return !json.failed && json.at === json.bytes.length;
  };

  it('is what JSON.parse takes, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, lock), fc.array(change, { maxLength: 3 }), (text, changes) => {
        const damaged = changed(text, changes);
        expect([damaged, isPassed(damaged)]).toEqual([damaged, isJson(damaged)]);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    '0',
    '-0',
    '00',
    '01',
    '-',
    '-a',
    '1.',
    '.5',
    '1.5',
    '1e',
    '1e5',
    '1E+5',
    '1e-',
    '1e+05',
    '+1',
    '1.e5',
    'NaN',
    'nul',
    'nullx',
  ])('has numbers and words as JSON.parse has: %s', (text) => {
    expect(isPassed(text)).toBe(isJson(text));
  });

  it.each([
    '""',
    '"',
    '"\\"',
    '"\\',
    '"\\u"',
    '"\\u00e"',
    '"\\u00eg"',
    '"\\u00E9"',
    '"\\x"',
    '"\\/\\b\\f\\n\\r\\t"',
    '"\t"',
    '"\u007f"',
    '"\u2028"',
  ])('has strings as JSON.parse has: %j', (text) => {
    expect(isPassed(text)).toBe(isJson(text));
  });
});

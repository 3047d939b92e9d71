import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatStamp, namesOf, parseStamp, type Stamp } from '../../src/function/stamp.ts';

const hex = (length: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const name = fc.tuple(fc.stringMatching(/^[a-z][-a-z0-9]{0,10}[a-z0-9]$/), hex(10)).map((parts) => parts.join('-'));
const stamp: fc.Arbitrary<Stamp> = fc.record(
  {
    code: fc.oneof(
      fc.record({ type: fc.constant('files' as const), names: fc.uniqueArray(name, { minLength: 1, maxLength: 5 }) }),
      fc.record({ type: fc.constant('commit' as const), commit: fc.oneof(hex(40), hex(64)) }),
    ),
    lock: name,
  },
  { requiredKeys: ['code'] },
);

describe('the stamp of a Pod template', () => {
  it('names the files and the lock, so that a person can look at them', () => {
    const text = 'files:hello-3fa9c1d204+lib-0123456789 lock:hello-9ad01c33f0';
    const parsed = parseStamp(text);
    expect(parsed).toEqual({
      code: { type: 'files', names: ['hello-3fa9c1d204', 'lib-0123456789'] },
      lock: 'hello-9ad01c33f0',
    });
    expect(parsed && namesOf(parsed)).toEqual(['hello-3fa9c1d204', 'lib-0123456789', 'hello-9ad01c33f0']);
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(stamp, (given) => {
        expect(parseStamp(formatStamp(given))).toEqual(given);
      }),
    );
  });

  it.each([
    '',
    'files:',
    'files:hello',
    'files:hello-3fa9c1d204 ',
    'files:hello-3fa9c1d204+hello-3fa9c1d204',
    'files:hello-3fa9c1d204  lock:hello-9ad01c33f0',
    'files:hello-3fa9c1d204 lock:hello',
    'files:hello-3fa9c1d204 lock:hello-9ad01c33f0 more',
    'files:../secret-3fa9c1d204',
    'commit:main',
    `commit:${'a'.repeat(39)}`,
    `files:${'a-3fa9c1d204+'.repeat(1000)}`,
  ])('is not %j', (text) => {
    expect(parseStamp(text)).toBeUndefined();
  });
});

import fc from 'fast-check';
import ssri from 'ssri';
import { describe, expect, it } from 'vitest';
import { isIntegrity } from '../../../../src/dependencies/npm/lock/integrity.ts';

const BYTES = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const;
const digest = fc
  .constantFrom(...(['sha1', 'sha256', 'sha384', 'sha512'] as const))
  .chain((algorithm) =>
    fc
      .uint8Array({ minLength: BYTES[algorithm], maxLength: BYTES[algorithm] })
      .map((bytes) => `${algorithm}-${Buffer.from(bytes).toString('base64')}`),
  );

describe('an integrity', () => {
  it('of one whole digest is one by which npm checks the download', () => {
    fc.assert(
      fc.property(digest, (text) => {
        expect(isIntegrity(text)).toBe(true);
        expect(Object.keys(ssri.parse(text))).toHaveLength(1);
      }),
    );
  });

  it('with any character of it changed, added or left out is not accepted, if npm reads something else', () => {
    const change = fc.tuple(
      fc.nat(94),
      fc.constantFrom('', '?', '=', ' ', '-', 'A', 'B', '+', '_', '\n', 'é'),
      fc.nat(1),
    );
    fc.assert(
      fc.property(digest, change, (text, [at, character, removed]) => {
        const changed = `${text.slice(0, at)}${character}${text.slice(at + removed)}`;
        fc.pre(changed !== text && isIntegrity(changed));
        // What is accepted is what npm reads, written as npm writes it.
        expect(ssri.parse(changed).toString()).toBe(changed.trim());
      }),
      { numRuns: 500, maxSkipsPerRun: 200 },
    );
  });
});

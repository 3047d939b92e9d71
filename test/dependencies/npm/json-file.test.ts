import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonFile, readJsonFile } from '../../../src/dependencies/npm/json-file.ts';

function read(text: string): JsonFile {
  const json = readJsonFile('a.json', new TextEncoder().encode(text), 9);
  if ('problem' in json) throw new Error(json.problem);
  return json;
}

const members = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 2 })), { minKeys: 1 });
/** As npm's `json-stringify-nice` and the defaults of JSON.stringify have it. */
const indent = fc.constantFrom(undefined, 2, 4, '\t');

describe('a JSON text that JSON.stringify wrote', () => {
  it('is known as one, however it is indented and wherever its lines end', () => {
    fc.assert(
      fc.property(members, indent, fc.constantFrom('\n', '\r\n'), (value, space, end) => {
        // A blank behind an escaped quote is the one thing that is mistaken, and then for something else.
        fc.pre(!JSON.stringify(value).includes('": '));
        const text = JSON.stringify(value, null, space).replaceAll('\n', end);
        expect(read(`${text}${end}`).isAsWritten()).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is not, if a name is in it twice', () => {
    fc.assert(
      fc.property(members, indent, fc.string(), (value, space, other) => {
        const [name = ''] = Object.keys(value);
        const text = JSON.stringify(value, null, space);
        const twice = `{${JSON.stringify(name)}:${JSON.stringify(other)},${text.slice(1)}`;
        expect(read(twice).isAsWritten()).toBe(false);
        expect(read(`{"a":${twice}}`).isAsWritten()).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('is not, if it is nested deeper than JSON.stringify goes', () => {
    const deep = 200_000;
    expect(read(`{"a":${'['.repeat(deep)}${']'.repeat(deep)}}`).isAsWritten()).toBe(false);
  });
});

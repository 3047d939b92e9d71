import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonFile, readJsonFile } from '../../../src/dependencies/npm/json-file.ts';
import { type JsonNode, walkJson } from '../../../src/dependencies/npm/json-walk.ts';

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

/** Where the walk of the whole text, which keeps all names, finds a value or the nearest one around it. */
function walked(text: string, path: readonly string[], part: 'key' | 'value'): { line: number; column: number } {
  const root = walkJson(text, Infinity);
  if ('problem' in root) throw new Error(root.problem);
  let node: JsonNode = root;
  for (const name of path) {
    const child = node.children.get(name);
    if (child === undefined) break;
    node = child;
  }
  const before = text.slice(0, node[part]).split(/\r\n?|\n/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

const name = fc.constantFrom('a', 'b', '__proto__', '"', '\\', 'a": {', ']', '\u2028');
const scalar = fc.oneof(name, fc.constantFrom(0, -1.5e-7, true, false, null, '', '\\"', '}]', '<\t\n>'));
const space = fc.constantFrom('', ' ', '\n', '\r\n', '\r', '\t ');
const around = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(space, text, space).map((parts) => parts.join(''));
const spelled = around(name.map((text) => JSON.stringify(text).replace('a', '\\u0061')));
/** JSON as anybody may write it: names that stand twice, or are spelled with escapes, and spaces of each kind. */
const { object } = fc.letrec<{ object: string; value: string }>((tie) => ({
  object: fc
    .array(fc.tuple(spelled, tie('value')), { maxLength: 4 })
    .map((each) => `{${each.map((member) => member.join(':')).join(',')}}`),
  value: around(
    fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      scalar.map((value) => JSON.stringify(value)),
      tie('object'),
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    ),
  ),
}));
const paths = fc.array(fc.array(name, { maxLength: 4 }), { minLength: 1, maxLength: 6 });

describe('the place of a value', () => {
  it('is where a walk of the whole text finds it, whichever places were asked for before', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          around(object),
          members.map((value) => JSON.stringify(value, null, 2)),
        ),
        paths,
        (text, all) => {
          const json = read(text);
          for (const path of all) {
            for (const part of ['value', 'key'] as const) {
              expect(json.positionOf(path, part)).toEqual(walked(text, path, part));
            }
          }
        },
      ),
      { numRuns: 250 },
    );
  });

  it.each([
    ['{"a":1,"b":2,"a":3}', ['a'], 14],
    ['{"a":{"b":1},"a":{"c":2}}', ['a', 'b'], 14],
    ['{"a":{"b":1},"b":2}', ['x', 'b'], 1],
    ['{"a":["b",{"b":1}],"c":1}', ['a', 'b'], 2],
    ['{"\\u0061":1}', ['a'], 2],
    [`{"x":"${'\\\\'.repeat(2)}\\"","a":1}`, ['a'], 15],
  ])('in %s of %j begins at column %i', (text, path, column) => {
    expect(read(text).positionOf(path, 'key')).toEqual({ line: 1, column });
  });
});

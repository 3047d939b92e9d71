import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { patchBetween } from '../../src/admission/patch.ts';

/** Applies a patch with the library that knows nothing of ours. */
function applied(before: object, after: object): unknown {
  const operations = JSON.parse(JSON.stringify(patchBetween(before, after))) as jsonPatch.Operation[];
  return jsonPatch.applyPatch(structuredClone(before), operations, true).newDocument;
}

describe('patchBetween', () => {
  const key = fc.constantFrom('a', 'b', 'a/b', '~', '~1', 'buildless.dev/status', '0');
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, 'text', ''),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  const object = fc.dictionary(key, value, { maxKeys: 5 });

  it('gives operations that turn any JSON object into any other', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        expect(applied(before, after)).toEqual({ ...after });
      }),
      { numRuns: 1000 },
    );
  });

  it('gives none for an object that is equal but not the same', () => {
    fc.assert(
      fc.property(object, (before) => {
        expect(patchBetween(before, structuredClone(before))).toEqual([]);
      }),
    );
  });

  it('appends to lists, and names only what changed', () => {
    const first = { name: 'function', image: 'auto' };
    const before = { spec: { containers: [first], volumes: [{ name: 'a' }] } };
    const { volumes } = before.spec;
    const after = {
      spec: { containers: [{ ...first, image: 'node:22' }], volumes: [...volumes, { name: 'b' }], initContainers: [] },
    };
    expect(patchBetween(before, after)).toEqual([
      { op: 'replace', path: '/spec/containers/0/image', value: 'node:22' },
      { op: 'add', path: '/spec/volumes/1', value: { name: 'b' } },
      { op: 'add', path: '/spec/initContainers', value: [] },
    ]);
  });

  it('takes what is undefined as what is not there, as JSON does', () => {
    expect(patchBetween({ a: 1, b: undefined }, { a: undefined, b: 2, c: undefined })).toEqual([
      { op: 'remove', path: '/a' },
      { op: 'add', path: '/b', value: 2 },
    ]);
  });

  it('names the key __proto__ as any other, and changes no prototype', () => {
    const before = JSON.parse('{"a":{"__proto__":{"b":1},"c":1},"d":1}') as object;
    const after = JSON.parse('{"a":{"__proto__":{"b":2},"c":1},"__proto__":{"e":1}}') as object;
    expect(JSON.parse(JSON.stringify(patchBetween(before, after)))).toEqual([
      { op: 'replace', path: '/a/__proto__/b', value: 2 },
      { op: 'remove', path: '/d' },
      { op: 'add', path: '/__proto__', value: { e: 1 } },
    ]);
    expect(patchBetween(JSON.parse('{"__proto__":1}') as object, {})).toEqual([{ op: 'remove', path: '/__proto__' }]);
    expect(patchBetween({}, {})).toEqual([]);
  });
});

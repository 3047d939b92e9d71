import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configMapsOf } from '../../src/folders/config-maps.ts';
import { GeneratedDocument } from '../../src/folders/generated.ts';
import { keyOfPath } from '../../src/folders/keys.ts';
import { functionNameOf } from '../../src/folders/name.ts';
import { pathOfKey } from '../../src/function/files.ts';
import { sourceOf } from '../../src/manifests/config-map-source.ts';
import { parseManifests } from '../../src/manifests/documents.ts';

const KIB = 1024;
const maps = (files: Readonly<Record<string, Uint8Array>>): ReturnType<typeof configMapsOf> =>
  configMapsOf('shop', new Map(Object.entries(files)));

describe('the ConfigMaps of a source', () => {
  it('have texts in data and everything else in binaryData', () => {
    const [only] = maps({ 'a.bin': Buffer.from([0xff, 0]), 'lib/a.js': Buffer.from('a\r\n\ufeff') }) as never as [
      { object: unknown },
    ];
    expect(only.object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'shop', labels: { 'buildless.dev/function': 'shop' } },
      data: { 'lib..a.js': 'a\r\n\ufeff' },
      binaryData: { 'a.bin': '/wA=' },
    });
  });

  it('are several if one cannot hold the files, each as full as its order lets it', () => {
    const large = new Uint8Array(600 * KIB);
    const result = maps({ a: large, b: large, c: new Uint8Array(400 * KIB), d: new Uint8Array(30 * KIB) });
    if ('problem' in result) throw new Error(result.problem);
    expect(result.map(({ name, paths }) => [name, [...paths.values()]])).toEqual([
      ['shop', ['a']],
      ['shop-2', ['b', 'c']],
      ['shop-3', ['d']],
    ]);
  });

  it('are ten at most', () => {
    const files = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [`f${index}`, new Uint8Array(KIB * KIB)]),
    );
    expect(maps(files)).toEqual({
      problem: 'the files have 11264 KiB, which is more than 10 ConfigMaps hold',
      fix: 'leave files out with .gitignore, or use a Git repository as the source',
    });
  });

  it('give the same files back, byte for byte, from the text that is printed', () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc
        .constantFrom('\r\n', '\ufeff', ' \n\n', '\t\n', '- a: |\n  b\n', '\u2028', '\u0085x', 'a\n ')
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b/c', '.d', 'e-f.js'), content, { minKeys: 1 }), (files) => {
        const [only] = maps(files) as never as [{ object: Record<string, unknown> }];
        const { text } = new GeneratedDocument(only.object, 1, { file: 'shop', files: new Map() });
        const parsed = parseManifests(text, 'printed');
        if ('findings' in parsed) throw new Error(JSON.stringify([text, parsed.findings]));
        const source = sourceOf(parsed.documents[0]?.object ?? {});
        if (source.type !== 'files') throw new Error(text);
        expect(Object.fromEntries([...source.files].map(([file, bytes]) => [file, [...bytes]]))).toEqual(
          Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, [...bytes]])),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('the key of a file', () => {
  it('stands for it, or there is none', () => {
    const segment = fc.string({ unit: fc.constantFrom('a', '.', '-', '_', ' ', 'ü'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const path = segments.join('/');
        const key = keyOfPath(path);
        if (key !== undefined) expect(pathOfKey(key)).toBe(path);
        else expect(path).toMatch(/[ ü]|\.\.|\.\/|(?:^|\/)\.(?:$|\/)|^\.\.|\.$/);
      }),
    );
  });
});

describe('the name of the Function', () => {
  it.each([
    ['/x/shop', undefined, 'shop'],
    ['/x/Shop_Orders.v2', undefined, 'shop-orders-v2'],
    ['/x/a/', 'mine', 'mine'],
  ])('of %s and %s is %s', (folder, given, wanted) => {
    expect(functionNameOf(folder, given)).toBe(wanted);
  });

  it.each([
    ['/x/42', undefined, 'the folder\'s name "42" cannot become the name of a Function'],
    ['/', undefined, 'the folder\'s name "" cannot become the name of a Function'],
    [`/${'a'.repeat(64)}`, undefined, `the folder's name "${'a'.repeat(64)}" cannot become the name of a Function`],
    ['/x', 'Shop', '"Shop" cannot be the name of a Function'],
  ])('of %s and %s is an error', (folder, given, problem) => {
    expect(functionNameOf(folder, given)).toMatchObject({ problem });
  });
});

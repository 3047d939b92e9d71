import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, filesOfConfigMap, pathOfKey } from '../../src/function/files.ts';

describe('a ConfigMap as a source', () => {
  it.each([
    ['handler.js', 'handler.js'],
    ['lib..deep..x.js', 'lib/deep/x.js'],
    ['pkg..__init__.py', 'pkg/__init__.py'],
    ['.npmrc', '.npmrc'],
    ['lib...hidden', 'lib/.hidden'],
  ])('the key %s is the file %s', (key, path) => {
    expect(pathOfKey(key)).toBe(path);
  });

  it.each(['..x', 'x..', 'a....b', '..', '.', 'a/b', 'a..../b'])(
    'the key %s names no file inside the source',
    (key) => {
      expect(pathOfKey(key)).toBeUndefined();
    },
  );

  it('no key leads out of the folder', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        const path = pathOfKey(key);
        const segments = path?.split('/') ?? [];
        expect(segments).not.toContain('..');
        expect(path?.startsWith('/') ?? false).toBe(false);
      }),
    );
  });

  it('data and binaryData count alike, in the order of the paths', () => {
    const read = filesOfConfigMap('hello', { data: { 'z.js': 'z', 'a..b.js': 'é' }, binaryData: { 'm.png': 'AAE=' } });
    const files = 'files' in read ? read.files : new Map<string, Uint8Array>();
    expect([...files].map(([path, content]) => [path, [...content]])).toEqual([
      ['a/b.js', [0xc3, 0xa9]],
      ['m.png', [0, 1]],
      ['z.js', [0x7a]],
    ]);
  });

  it('every bad key is found at once', () => {
    const read = filesOfConfigMap('hello', { data: { '..x': '', lib: '', 'lib..a': '' }, binaryData: { lib: '' } });
    const problems = 'findings' in read ? read.findings.map(({ problem }) => problem) : [];
    expect(problems).toEqual([
      'the key "..x" does not name a file inside the source',
      'a second key gives the file lib',
      'lib is a file, and lib/a needs it to be a folder',
    ]);
  });

  it('an empty ConfigMap is not a source', () => {
    const read = filesOfConfigMap('hello', {});
    expect('findings' in read && read.findings[0]?.problem).toBe('the source is empty');
  });
});

describe('the digest of a source', () => {
  const files = (entries: [string, string][]): Map<string, Uint8Array> =>
    new Map(entries.map(([path, text]) => [path, Buffer.from(text)]));

  it('is SHA-256 over paths, sizes and contents', () => {
    expect(digestOf(files([['a', 'x']]))).toBe(
      'sha256:87898619c5d0f3bfb6e8917ff8d8477e56456331d07ec0a674183ca9aad95a93',
    );
  });

  it('differs where content moves from one file to another', () => {
    expect(
      digestOf(
        files([
          ['a', 'xy'],
          ['b', ''],
        ]),
      ),
    ).not.toBe(
      digestOf(
        files([
          ['a', 'x'],
          ['b', 'y'],
        ]),
      ),
    );
  });
});

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AuthoredPaths } from '../../src/run/authored-paths.ts';

const paths = new AuthoredPaths(
  '/tmp/run/function',
  new Map([
    ['handler.js', { file: '/home/me/shop/handler.js' }],
    ['lib/a.py', { file: '/home/me/shop/lib/a.py' }],
  ]),
);

describe('the paths of a copy', () => {
  it.each([
    ['    at main (/tmp/run/function/handler.js:1:2)', '    at main (/home/me/shop/handler.js:1:2)'],
    ['file:///tmp/run/function/handler.js:3', 'file:///home/me/shop/handler.js:3'],
    ['  File "/tmp/run/function/lib/a.py", line 3, in main', '  File "/home/me/shop/lib/a.py", line 3, in main'],
    [
      '/tmp/run/function/node_modules/ms/index.js:1 /tmp/run/function/handler.js',
      '/tmp/run/function/node_modules/ms/index.js:1 /home/me/shop/handler.js',
    ],
    ['/tmp/run/function/handler.jsx', '/tmp/run/function/handler.jsx'],
    ['/tmp/run/function', '/tmp/run/function'],
    [
      String.raw`{"stack":"File \"/tmp/run/function/lib/a.py\", line 3\n"}`,
      String.raw`{"stack":"File \"/home/me/shop/lib/a.py\", line 3\n"}`,
    ],
    ['nothing', 'nothing'],
  ])('%j is read as %j', (text, expected) => {
    expect(paths.rewrite(text)).toBe(expected);
  });

  it('of a reason are those of the author as well', () => {
    expect(paths.rewriteReason('handler.js, line 3: SyntaxError: x')).toBe(
      '/home/me/shop/handler.js, line 3: SyntaxError: x',
    );
    expect(paths.rewriteReason('other.js: x')).toBe('other.js: x');
    const near = new AuthoredPaths('/tmp/x', new Map([['handler.js', { file: `${process.cwd()}/shop/handler.js` }]]));
    expect(near.rewriteReason('handler.js: main is missing.')).toBe('shop/handler.js: main is missing.');
  });

  it.each([
    ['linux', '/home/me/Shop/Handler.js', undefined],
    ['darwin', '/home/me/Shop/Handler.js', '/tmp/run/function/handler.js'],
    ['linux', '/home/me/shop/../shop/handler.js', '/tmp/run/function/handler.js'],
    ['linux', '/home/me/shop/other.js', undefined],
  ] as const)('on %s are found for %s, as the file system has it', (platform, own, expected) => {
    const files = new Map([
      ['handler.js', { file: '/home/me/shop/handler.js' }],
      ['lib/a.py', { file: '/home/me/shop/lib/a.py' }],
    ]);
    expect(new AuthoredPaths('/tmp/run/function', files, platform).copyOf(own)).toBe(expected);
  });

  it('have the separators of Windows there, and the case of whoever writes them', () => {
    const files = new Map([['lib/a.js', { file: String.raw`C:\Users\me\shop\lib\a.js` }]]);
    const windows = new AuthoredPaths(String.raw`C:\Temp\run\function`, files, 'win32');
    const copy = String.raw`C:\Temp\run\function\lib\a.js`;
    expect(windows.copyOf(String.raw`c:\users\me\Shop\lib\a.js`)).toBe(copy);
    expect(windows.ownOf(copy)).toBe(String.raw`C:\Users\me\shop\lib\a.js`);
    expect(windows.rewrite(`at main (${copy}:1:2)`)).toBe(String.raw`at main (C:\Users\me\shop\lib\a.js:1:2)`);
    expect(windows.rewriteReason('lib/a.js, line 3: no')).toContain(String.raw`C:\Users\me\shop\lib\a.js, line 3`);
  });

  it('are found for a file that an editor has opened through a link', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'buildless-linked-'));
    const own = path.join(folder, 'shop/handler.js');
    await mkdir(path.dirname(own));
    await writeFile(own, '');
    await symlink('shop', path.join(folder, 'link'));
    const linked = new AuthoredPaths('/tmp/run/function', new Map([['handler.js', { file: own }]]));
    expect(linked.copyOf(path.join(folder, 'link/handler.js'))).toBe('/tmp/run/function/handler.js');
    await rm(folder, { recursive: true });
  });

  it('are places of the manifest that has the text', () => {
    const manifest = new AuthoredPaths(
      '/tmp/run/function',
      new Map([
        [
          'handler.js',
          {
            file: '/home/me/function.yaml',
            placeOf: ({ line, column } = { line: 0, column: -1 }) => ({ line: line + 7, column: column + 2 }),
          },
        ],
      ]),
    );
    const copy = '/tmp/run/function/handler.js';
    expect(manifest.rewrite(`at main (${copy}:3:11)`)).toBe('at main (/home/me/function.yaml:10:13)');
    expect(manifest.rewrite(`file://${copy}:3\ncode`)).toBe('file:///home/me/function.yaml:10\ncode');
    expect(manifest.rewrite(`File "${copy}", line 3, in main`)).toBe('File "/home/me/function.yaml", line 10, in main');
    expect(manifest.rewrite(`${copy}, line 3: no`)).toBe('/home/me/function.yaml, line 10: no');
    expect(manifest.rewrite(`- ${copy}`)).toBe(`- ${copy}`);
    expect(manifest.rewriteReason('handler.js, line 3: SyntaxError')).toBe(
      '/home/me/function.yaml, line 10 (handler.js, line 3): SyntaxError',
    );
    expect(manifest.rewriteReason('handler.js: main is missing')).toBe(
      '/home/me/function.yaml, line 7 (handler.js): main is missing',
    );
    expect(manifest.copyOf('/home/me/function.yaml')).toBeUndefined();
    expect(manifest.ownOf(copy)).toBeUndefined();
  });

  it('stay as they are for a source that no file has', () => {
    expect(new AuthoredPaths('/tmp/run/function', new Map()).rewrite('/tmp/run/function/handler.js')).toBe(
      '/tmp/run/function/handler.js',
    );
  });
});

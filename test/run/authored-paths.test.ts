import { describe, expect, it } from 'vitest';
import { AuthoredPaths } from '../../src/run/authored-paths.ts';

const paths = new AuthoredPaths(
  '/tmp/run/function',
  new Map([
    ['handler.js', '/home/me/shop/handler.js'],
    ['lib/a.py', '/home/me/shop/lib/a.py'],
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
    ['nothing', 'nothing'],
  ])('%j is read as %j', (text, expected) => {
    expect(paths.rewrite(text)).toBe(expected);
  });

  it('of a reason are those of the author as well', () => {
    expect(paths.rewriteReason('handler.js, line 3: SyntaxError: x')).toBe(
      '/home/me/shop/handler.js, line 3: SyntaxError: x',
    );
    expect(paths.rewriteReason('other.js: x')).toBe('other.js: x');
    const near = new AuthoredPaths('/tmp/x', new Map([['handler.js', `${process.cwd()}/shop/handler.js`]]));
    expect(near.rewriteReason('handler.js: main is missing.')).toBe('shop/handler.js: main is missing.');
  });

  it('stay as they are for a source in a manifest', () => {
    expect(new AuthoredPaths('/tmp/run/function', new Map()).rewrite('/tmp/run/function/handler.js')).toBe(
      '/tmp/run/function/handler.js',
    );
  });
});

import path from 'node:path';
import { expect, it } from 'vitest';
import { plainPath } from '../../src/folders/paths.ts';

it.each([
  [path.posix, './shop/', 'shop'],
  [path.posix, '.', '.'],
  [path.posix, '/', '/'],
  [path.posix, '/w/a/../shop//', '/w/shop'],
  [path.posix, String.raw`a\b`, String.raw`a\b`],
  [path.win32, String.raw`.\shop\\`.slice(0, -1), 'shop'],
  [path.win32, 'shop/lib', 'shop/lib'],
  [path.win32, String.raw`C:\Users\me\shop`, 'C:/Users/me/shop'],
  [path.win32, 'C:/', 'C:/'],
])('%# a path is plain', (system, name, plain) => {
  expect(plainPath(name, system)).toBe(plain);
});

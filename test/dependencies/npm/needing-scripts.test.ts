import { describe, expect, it } from 'vitest';
import { needingScripts } from '../../../src/dependencies/needing-scripts.ts';
import { INTEGRITY, sourceOf } from './source-of.ts';

const GIT = { version: '1.0.0', resolved: 'git+ssh://git@github.com/u/r.git#0123456789abcdef0123456789abcdef01234567' };
const PLAIN = { version: '1.0.0', integrity: INTEGRITY };

const needing = (manifest: unknown, packages: Record<string, unknown>): readonly string[] =>
  needingScripts(
    sourceOf({ 'package.json': manifest, 'package-lock.json': { lockfileVersion: 3, packages } }),
    'nodejs',
  ).map(({ problem }) => problem.replace(/ comes from Git.*/s, ''));

describe('a Git dependency in a lock', () => {
  it('needs scripts, whoever asks for it', () => {
    const packages = { 'node_modules/a': { ...PLAIN, dependencies: { b: 'github:u/r' } }, 'node_modules/b': GIT };
    expect(needing({ dependencies: { a: '1.0.0' } }, packages)).toEqual(['"b"']);
  });

  it('needs none, if it is for development and is marked so: each npm leaves it out', () => {
    const manifest = { dependencies: { a: '1.0.0' }, devDependencies: { b: 'github:u/r' } };
    expect(needing(manifest, { 'node_modules/a': PLAIN, 'node_modules/b': { ...GIT, dev: true } })).toEqual([]);
  });

  it.each([
    [
      'is marked "dev" and asked for by a package that is needed: npm 11 follows the graph',
      { dependencies: { a: '1.0.0' } },
      { 'node_modules/a': { ...PLAIN, dependencies: { b: 'github:u/r' } }, 'node_modules/b': { ...GIT, dev: true } },
    ],
    [
      'is for development and not marked so: npm 10 believes the lock',
      { dependencies: { a: '1.0.0' }, devDependencies: { b: 'github:u/r' } },
      { 'node_modules/a': PLAIN, 'node_modules/b': GIT },
    ],
    [
      'is marked "dev" and asked for by nothing',
      { dependencies: { a: '1.0.0' } },
      { 'node_modules/a': PLAIN, 'node_modules/b': { ...GIT, dev: true } },
    ],
    [
      'is for development of a folder, in whose node_modules npm leaves nothing out',
      { dependencies: { lib: 'file:lib' } },
      {
        'node_modules/lib': { resolved: 'lib', link: true },
        lib: { version: '1.0.0', devDependencies: { b: 'github:u/r' } },
        'lib/node_modules/b': { ...GIT, dev: true },
      },
    ],
  ])('needs scripts, if it %s', (_, manifest, packages) => {
    expect(needing(manifest, packages)).toEqual(['"b"']);
  });
});

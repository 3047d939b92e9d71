import { describe, expect, it } from 'vitest';
import { readNpmSource } from '../../src/dependencies/npm/source.ts';
import { DEFAULT_DEPENDENCY_SETTINGS } from '../../src/dependencies/settings.ts';
import { differenceFromLock } from '../../src/installers/same-tree.ts';

const LINUX = { os: 'linux', cpu: 'x64', libc: 'glibc' };
const INTEGRITY = `sha512-${'A'.repeat(86)}==`;

type Entry = Readonly<Record<string, unknown>>;

/** What differs between a lock of these entries and an installation of these packages, by `LOCATION: NAME@VERSION`. */
function difference(
  manifest: Entry,
  locked: Readonly<Record<string, Entry>>,
  installed: Readonly<Record<string, string>>,
): string | undefined {
  const packages = Object.fromEntries(
    Object.entries(locked).map(([place, entry]) => [`node_modules/${place}`, { integrity: INTEGRITY, ...entry }]),
  );
  const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const files = new Map([
    ['package.json', encode(manifest)],
    ['package-lock.json', encode({ lockfileVersion: 3, packages: { '': manifest, ...packages } })],
  ]);
  const source = readNpmSource(files, DEFAULT_DEPENDENCY_SETTINGS);
  if (source === undefined || 'problem' in source || source.lock === undefined || 'problem' in source.lock)
    throw new Error('no lock');
  const present = new Map(
    Object.entries(installed).map(([place, title]) => {
      const at = title.lastIndexOf('@');
      return [`node_modules/${place}`, { name: title.slice(0, at), version: title.slice(at + 1) }];
    }),
  );
  return differenceFromLock({ packageJson: source.root, lock: source.lock }, present, LINUX);
}

const A = { dependencies: { a: '1.0.0' } };

describe('an installed tree is the one of the lock', () => {
  it('where each package finds what the lock has for it, wherever that stands', () => {
    const locked = {
      a: { version: '1.0.0', dependencies: { b: '1.0.0' } },
      c: { version: '1.0.0', dependencies: { b: '1.0.0' } },
      'a/node_modules/b': { version: '1.0.0' },
      'c/node_modules/b': { version: '1.0.0' },
      b: { version: '2.0.0' },
    };
    const manifest = { dependencies: { a: '1.0.0', b: '2.0.0', c: '1.0.0' } };
    expect(
      difference(manifest, locked, {
        a: 'a@1.0.0',
        b: 'b@2.0.0',
        c: 'c@1.0.0',
        'a/node_modules/b': 'b@1.0.0',
        'c/node_modules/b': 'b@1.0.0',
      }),
    ).toBeUndefined();
  });

  it.each([
    ['a package is missing', A, { a: { version: '1.0.0' } }, {}, 'the handler finds nothing as a'],
    ['one has another version', A, { a: { version: '1.0.0' } }, { a: 'a@1.0.1' }, 'finds a@1.0.1 as a'],
    [
      'an alias leads to another package',
      { dependencies: { a: 'npm:other@1.0.0' } },
      { a: { name: 'other', version: '1.0.0' } },
      { a: 'a@1.0.0' },
      'the lock file has other@1.0.0',
    ],
    [
      'a package finds another version than the lock has for it',
      { dependencies: { a: '1.0.0', b: '2.0.0' } },
      {
        a: { version: '1.0.0', dependencies: { b: '1.0.0' } },
        b: { version: '2.0.0' },
        'a/node_modules/b': { version: '1.0.0' },
      },
      { a: 'a@1.0.0', b: 'b@2.0.0' },
      'node_modules/a finds b@2.0.0 as b, and the lock file has b@1.0.0',
    ],
  ])('but not where %s', (_title, manifest, locked, installed, words) => {
    expect(difference(manifest, locked, installed)).toContain(words);
  });

  it('without what is for another platform, what needs it, and what only that asks for', () => {
    const manifest = { dependencies: { a: '1.0.0' }, optionalDependencies: { needy: '1.0.0' } };
    const locked = {
      a: { version: '1.0.0', optionalDependencies: { mac: '1.0.0', linux: '1.0.0' } },
      mac: { version: '1.0.0', optional: true, os: ['darwin'], dependencies: { only: '1.0.0' } },
      only: { version: '1.0.0', optional: true },
      linux: { version: '1.0.0', optional: true, os: ['linux'], cpu: ['!arm'], libc: ['glibc'] },
      needy: { version: '1.0.0', optional: true, dependencies: { windows: '1.0.0' } },
      windows: { version: '1.0.0', optional: true, os: ['!linux'] },
    };
    expect(difference(manifest, locked, { a: 'a@1.0.0', linux: 'linux@1.0.0' })).toBeUndefined();
  });

  it('with development packages left out, and optional peers that nobody else asks for', () => {
    const manifest = { dependencies: { a: '1.0.0' }, devDependencies: { d: '1.0.0' } };
    const locked = {
      a: { version: '1.0.0', peerDependencies: { p: '*' }, peerDependenciesMeta: { p: { optional: true } } },
      d: { version: '1.0.0', dev: true },
    };
    expect(difference(manifest, locked, { a: 'a@1.0.0' })).toBeUndefined();
  });

  it('where more is there, such as packages for development', () => {
    expect(difference(A, { a: { version: '1.0.0' } }, { a: 'a@1.0.0', d: 'd@1.0.0' })).toBeUndefined();
  });
});

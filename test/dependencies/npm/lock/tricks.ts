import { PUBLIC_REGISTRY } from '../../../../src/dependencies/npm/registries.ts';
import { INTEGRITY } from '../source-of.ts';

type Entry = Readonly<Record<string, unknown>>;

/** A source with a lock that npm 10 or npm 11 reads differently than a reader does. */
export interface Trick {
  /** How it goes on: "a lock with ...". */
  readonly title: string;
  /** What the finding says. */
  readonly says: string;
  readonly manifest?: Entry;
  /** Entries besides those of `SOUND`, or in place of them. */
  readonly packages?: Readonly<Record<string, unknown>>;
  /** Fields of the file besides `packages`. */
  readonly file?: Entry;
  /** Other files of the source. */
  readonly files?: Readonly<Record<string, string>>;
}

const pinned = (version: string, more: Entry = {}): Entry => ({ version, integrity: INTEGRITY, ...more });

const MANIFEST: Entry = { name: 'function', version: '1.0.0', dependencies: { a: '^1.0.0' } };
/** What `MANIFEST` asks for, without a fault. */
const SOUND: Readonly<Record<string, Entry>> = {
  'node_modules/a': pinned('1.0.0', { dependencies: { b: '^1.0.0' } }),
  'node_modules/b': pinned('1.0.0'),
};
const A = SOUND['node_modules/a'] ?? {};
const withDevelopment = { ...MANIFEST, devDependencies: { tool: '1.0.0' } };
const digestOf = (start: string, end = '=='): string => `sha512-${start}${'A'.repeat(86 - start.length)}${end}`;
const DUMMY = `${PUBLIC_REGISTRY}b/-/b-9.9.9.tgz`;

const secondSpelling = (location: string): Trick => ({
  title: `a second spelling of a location: ${location}`,
  says: 'the location',
  packages: { [location]: { version: '9.9.9' } },
});
const withIntegrity = (title: string, integrity: unknown, says = 'no checksum'): Trick => ({
  title,
  says,
  packages: { 'node_modules/b': { version: '1.0.0', integrity } },
});

export const TRICKS: readonly Trick[] = [
  // Checksums.
  withIntegrity('a digest of which npm reads none', digestOf('?')),
  withIntegrity('a digest with a character that is not of base64', digestOf('!')),
  withIntegrity('a digest that is too short', 'sha512-AAAA'),
  withIntegrity('a digest with something behind it', digestOf('', '==#')),
  withIntegrity('two digests of one kind', `${INTEGRITY} ${digestOf('B')}`),
  withIntegrity('a weak digest beside a strong one that cannot be read', `sha1-${'A'.repeat(27)}= ${digestOf('?')}`),
  withIntegrity('an algorithm that nobody knows', `sha999-${'A'.repeat(86)}==`),
  withIntegrity('no digest at all', undefined),
  withIntegrity('a digest that is not a string', [INTEGRITY], '"integrity": it is a list'),
  // Locations.
  ...[
    'node_modules//b',
    './node_modules/b',
    'node_modules/./b',
    'node_modules/x/../b',
    'node_modules/b/',
    'node_modules/B',
    'node_modules/ｂ',
    'Node_Modules/b',
    'node_modules/a/../b',
    '/node_modules/b',
    'node_modules\\b',
    'node_modules/__proto__',
    'node_modules/a/b',
    'node_modules/a/node_modules',
  ].map(secondSpelling),
  // Entries that nothing asks for.
  {
    title: 'an entry that nothing asks for',
    says: 'nothing asks for "node_modules/evil"',
    packages: { 'node_modules/evil': pinned('1.0.0') },
  },
  {
    title: 'an entry that nothing asks for, of the newest version',
    says: 'nothing asks for "node_modules/evil"',
    packages: { 'node_modules/evil': { version: 'latest' } },
  },
  {
    title: 'an entry that nothing asks for, from elsewhere',
    says: 'evil.example',
    packages: { 'node_modules/evil': pinned('1.0.0', { resolved: 'https://evil.example/evil.tgz' }) },
  },
  {
    title: 'an entry that only an optional peer asks for',
    says: 'nothing asks for "node_modules/c"',
    packages: {
      'node_modules/b': pinned('1.0.0', {
        peerDependencies: { c: '*' },
        peerDependenciesMeta: { c: { optional: true } },
      }),
      'node_modules/c': pinned('1.0.0'),
    },
  },
  {
    title: 'a folder that nothing links to',
    says: 'nothing asks for "lib/node_modules/evil"',
    packages: { lib: { version: '1.0.0' }, 'lib/node_modules/evil': { version: '1.0.0' } },
  },
  // Flags.
  {
    title: 'a package for production that is marked dev',
    says: 'is marked "dev"',
    packages: { 'node_modules/a': { ...A, dev: true } },
  },
  {
    title: 'a package for development that is not marked dev',
    says: 'is not marked "dev"',
    manifest: withDevelopment,
    packages: { 'node_modules/tool': { version: 'latest' } },
  },
  {
    title: 'a package that is needed and marked optional',
    says: 'is marked "optional"',
    packages: { 'node_modules/b': pinned('1.0.0', { optional: true, os: ['none'] }) },
  },
  {
    title: 'an optional package that is not marked so',
    says: 'is not marked "optional"',
    manifest: { ...MANIFEST, optionalDependencies: { c: '1.0.0' } },
    packages: { 'node_modules/c': pinned('1.0.0') },
  },
  {
    title: 'a package that is asked for and marked extraneous',
    says: 'is marked "extraneous"',
    packages: { 'node_modules/b': pinned('1.0.0', { extraneous: true }) },
  },
  {
    title: 'a flag that is not true or false',
    says: '"inBundle": it is a string',
    packages: { 'node_modules/b': pinned('1.0.0', { inBundle: 'yes' }) },
  },
  {
    title: 'inBundle below a package that bundles something else',
    says: 'is marked "inBundle"',
    packages: {
      'node_modules/a': { ...A, bundleDependencies: ['other'] },
      'node_modules/a/node_modules/b': { version: '1.9.0', inBundle: true },
    },
  },
  {
    title: 'inBundle at the top',
    says: 'is marked "inBundle"',
    packages: { 'node_modules/b': { version: '1.9.0', inBundle: true } },
  },
  {
    title: 'a bundled package that is not marked so, whose entry npm does not follow',
    says: 'is not marked "inBundle"',
    packages: {
      'node_modules/a': { ...A, bundleDependencies: ['b'] },
      'node_modules/a/node_modules/b': pinned('1.0.0'),
    },
  },
  {
    title: 'bundled packages from elsewhere',
    says: 'evil.example',
    packages: {
      'node_modules/a': { ...A, bundleDependencies: ['b'] },
      'node_modules/a/node_modules/b': { version: '1.9.0', inBundle: true, resolved: 'https://evil.example/b.tgz' },
    },
  },
  {
    title: 'the other name of bundleDependencies',
    says: '"bundledDependencies"',
    packages: { 'node_modules/a': { ...A, bundledDependencies: ['b'] } },
  },
  {
    title: 'hasShrinkwrap, and entries below',
    says: '"hasShrinkwrap"',
    packages: {
      'node_modules/a': { ...A, hasShrinkwrap: true },
      'node_modules/a/node_modules/b': { version: '1.9.0' },
    },
  },
  {
    title: 'hasShrinkwrap, and nothing below',
    says: '"hasShrinkwrap"',
    packages: { 'node_modules/b': pinned('1.0.0', { hasShrinkwrap: true }) },
  },
  // Fields that npm follows and does not write.
  {
    title: 'an address under another name',
    says: '"_resolved"',
    packages: { 'node_modules/b': pinned('1.0.0', { _resolved: DUMMY }) },
  },
  {
    title: 'a shrinkwrap under another name',
    says: '"_hasShrinkwrap"',
    packages: { 'node_modules/b': pinned('1.0.0', { _hasShrinkwrap: true }) },
  },
  {
    title: 'scripts',
    says: '"scripts"',
    packages: { 'node_modules/b': pinned('1.0.0', { scripts: { install: 'evil' } }) },
  },
  {
    title: 'dependencies that are a list',
    says: '"dependencies": it is a list',
    packages: { 'node_modules/b': pinned('1.0.0', { dependencies: ['c'] }) },
  },
  { title: 'an entry that is not an object', says: 'it is null', packages: { 'node_modules/x': null } },
  // Versions and packages.
  {
    title: 'a tag for a version',
    says: 'as the version of "b"',
    manifest: { ...MANIFEST, dependencies: { b: '*' } },
    packages: { 'node_modules/a': undefined, 'node_modules/b': pinned('latest') },
  },
  {
    title: 'a range for a version',
    says: 'as the version of "b"',
    manifest: { ...MANIFEST, dependencies: { b: '*' } },
    packages: { 'node_modules/a': undefined, 'node_modules/b': pinned('1.x') },
  },
  {
    title: 'another package under the name that is asked for',
    says: 'another package for "b"',
    packages: { 'node_modules/b': pinned('1.0.0', { name: 'evil' }) },
  },
  {
    title: 'the address of another package',
    says: 'another package for "b"',
    packages: {
      'node_modules/b': pinned('1.0.0', { resolved: `${PUBLIC_REGISTRY}evil/-/evil-1.0.0.tgz` }),
    },
  },
  {
    title: 'a peer inside of the package that asks for it',
    says: 'lacks "c"',
    packages: {
      'node_modules/b': pinned('1.0.0', { peerDependencies: { c: '*' } }),
      'node_modules/b/node_modules/c': pinned('1.0.0'),
    },
  },
  {
    title: 'a link to a folder in place of a package',
    says: '"b" in version',
    packages: {
      'node_modules/b': { version: '1.0.0', resolved: 'lib', link: true },
      lib: { name: 'b', version: '1.9.0' },
    },
  },
  // Two readers of one file.
  {
    title: 'an older section that says something else',
    says: '"b" in "dependencies" of the lock has version "9.9.9" here',
    file: { lockfileVersion: 2, dependencies: { b: { version: '9.9.9' } } },
  },
  {
    title: 'an older section with more packages',
    says: '"evil" in "dependencies" of the lock is not in "packages"',
    file: { lockfileVersion: 2, dependencies: { evil: { version: '1.0.0' } } },
  },
  {
    title: 'a yarn.lock beside it, from which npm takes what is left out',
    says: 'yarn.lock',
    files: { 'yarn.lock': `# yarn lockfile v1\n\n\nb@^1.0.0:\n  version "1.0.0"\n  resolved "${DUMMY}"\n` },
  },
];

/** The source of a trick; of none it is sound. */
export function filesOf({
  manifest = MANIFEST,
  packages = {},
  file = {},
  files = {},
}: Omit<Trick, 'title' | 'says'>): Record<string, unknown> {
  return {
    'package.json': manifest,
    'package-lock.json': { lockfileVersion: 3, packages: { '': manifest, ...SOUND, ...packages }, ...file },
    ...files,
  };
}

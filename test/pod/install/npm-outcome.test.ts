import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderOfNpm, NPM_VERSIONS } from '../../npm-versions.ts';
import { bundlePodPrograms, Folders, type RunEnd, runInPod, writeTree } from '../pod-programs.ts';
import { type FakeRegistry, integrityOf, type NpmPackage, startNpmRegistry } from './fake-registry.ts';

const folders = new Folders();
let programs = '';
let registry: FakeRegistry;
const archives = new Map<string, Buffer>();

/** The newest of `inner` is not what any lock pins. */
const PACKAGES = [
  { name: 'inner', version: '1.0.0' },
  { name: 'top', version: '1.0.0', dependencies: { inner: '^1.0.0' } },
  {
    name: 'bundler',
    version: '1.0.0',
    bundleDependencies: ['brought'],
    dependencies: { brought: '1.0.0', inner: '^1.0.0' },
  },
  { name: 'other', version: '1.0.0' },
  { name: 'inner', version: '1.9.0' },
] as const;

beforeAll(async () => {
  programs = folders.keep(await bundlePodPrograms());
  const packages: NpmPackage[] = [];
  for (const manifest of PACKAGES) {
    const folder = await folders.open('package');
    await writeTree(folder, {
      'package/package.json': JSON.stringify(manifest),
      ...(manifest.name === 'bundler' && {
        'package/node_modules/brought/package.json': '{"name":"brought","version":"1.0.0"}',
      }),
    });
    execFileSync('tar', ['-czf', 'p.tgz', 'package'], { cwd: folder });
    const archive = await readFile(path.join(folder, 'p.tgz'));
    archives.set(`${manifest.name}@${manifest.version}`, archive);
    packages.push({ ...manifest, archive });
  }
  registry = await startNpmRegistry(packages);
}, 120_000);
afterAll(async () => {
  await registry.close();
  await folders.removeAll();
});

type Entry = Readonly<Record<string, unknown>>;

/** What a lock has of a package. */
function entry(title: keyof typeof INDEX, more: Entry = {}): Entry {
  const { name, version, ...manifest } = PACKAGES[INDEX[title]];
  return {
    version,
    resolved: `${registry.address}${name}/-/${name}-${version}.tgz`,
    integrity: integrityOf(archives.get(title) ?? Buffer.alloc(0)),
    ...manifest,
    ...more,
  };
}
const INDEX = { 'inner@1.0.0': 0, 'top@1.0.0': 1, 'bundler@1.0.0': 2, 'other@1.0.0': 3, 'inner@1.9.0': 4 } as const;

interface Case {
  readonly manifest?: Entry;
  readonly packages?: () => Readonly<Record<string, Entry>>;
  readonly level?: string;
  readonly npmrc?: string;
}

async function install(
  version: (typeof NPM_VERSIONS)[number],
  { manifest = { dependencies: { top: '1.0.0' } }, packages, level = 'exact', npmrc = '' }: Case,
): Promise<RunEnd & { readonly root: string }> {
  const root = await folders.open('root');
  const lock = packages && {
    name: 'function',
    lockfileVersion: 3,
    requires: true,
    packages: { '': manifest, ...packages() },
  };
  await writeTree(path.join(root, 'staging'), {
    'package.json': JSON.stringify(manifest),
    ...(lock !== undefined && { 'package-lock.json': JSON.stringify(lock) }),
  });
  execFileSync('chmod', ['-R', 'a+rwX', root]);
  const secret = await folders.open('secret');
  await writeTree(secret, { '.npmrc': `registry=${registry.address}\n${npmrc}` });
  const flags = [`--root=${root}`, '--timeout=60', `--registry=${path.join(secret, '.npmrc')}`, `--level=${level}`];
  const end = await runInPod({
    command: process.execPath,
    args: [path.join(programs, 'nodejs/install.mjs'), ...flags],
    env: { PATH: `${folderOfNpm(version)}:${process.env.PATH ?? ''}`, npm_config_registry: '' },
  });
  return { ...end, root };
}

const INNER = 'node_modules/inner';
const WRONG = `sha512-?${'A'.repeat(85)}==`;

interface Expected {
  readonly words: RegExp;
  /** Versions of npm that install what the lock pins all the same. */
  readonly readsRight?: readonly string[];
}

/** A lock by which npm installs what the lock does not pin, whatever a reader of its text makes of it. */
const FOOLING: Readonly<Record<string, Case & Expected>> = {
  'an integrity that npm finds no digest in': {
    packages: () => ({
      'node_modules/top': entry('top@1.0.0'),
      [INNER]: entry('inner@1.0.0', { integrity: WRONG, resolved: `${registry.address}other/-/other-1.0.0.tgz` }),
    }),
    words: /node_modules\/inner is other@1\.0\.0, and the lock has inner@1\.0\.0/,
  },
  // The archive at this address is the right one, so that only the missing check tells the two apart.
  'an invalid integrity of the right package': {
    packages: () => ({
      'node_modules/top': entry('top@1.0.0'),
      [INNER]: entry('inner@1.0.0', { integrity: WRONG }),
    }),
    words: /node_modules\/inner has an integrity in the lock that npm does not check/,
  },
  'a package that is said to be bundled and is not': {
    level: 'locked',
    manifest: { dependencies: { bundler: '1.0.0' } },
    packages: () => ({
      'node_modules/bundler': entry('bundler@1.0.0'),
      'node_modules/bundler/node_modules/brought': { version: '1.0.0', inBundle: true },
      'node_modules/bundler/node_modules/inner': { version: '1.9.0', inBundle: true },
    }),
    words: /node_modules\/bundler\/node_modules\/inner was installed without an integrity/,
  },
  'a shrinkwrap that is not there': {
    level: 'locked',
    packages: () => ({
      'node_modules/top': entry('top@1.0.0', { hasShrinkwrap: true }),
      'node_modules/top/node_modules/inner': { version: '1.9.0' },
    }),
    words: /inner was installed without an integrity/,
  },
  'a second spelling of a location': {
    packages: () => ({
      'node_modules/top': entry('top@1.0.0'),
      [INNER]: entry('inner@1.0.0'),
      'node_modules//inner': entry('inner@1.9.0'),
    }),
    words: /node_modules\/inner is inner@1\.9\.0, and the lock has inner@1\.0\.0/,
  },
  'a version that is a tag': {
    packages: () => ({ 'node_modules/top': entry('top@1.0.0'), [INNER]: { version: 'latest' } }),
    words: /node_modules\/inner is inner@1\.9\.0, and the lock has inner@latest|Invalid Version: latest/,
  },
  'a package marked as one for development': {
    packages: () => ({ 'node_modules/top': entry('top@1.0.0'), [INNER]: entry('inner@1.0.0', { dev: true }) }),
    words: /node_modules\/inner is missing, and package-lock\.json has inner@1\.0\.0/,
    readsRight: ['11.19.1'],
  },
};

describe.each(NPM_VERSIONS)('what npm %s installed is compared with the lock', (version) => {
  it.each(Object.entries(FOOLING))('%s ends the start', async (_title, { words, readsRight = [], ...source }) => {
    const { code, termination, root } = await install(version, source);
    if (readsRight.includes(version)) {
      expect(code).toBe(0);
      return;
    }
    expect(code).toBe(1);
    expect(termination).toMatch(words);
    expect(existsSync(path.join(root, 'function'))).toBe(false);
  });

  it.each<[string, Case]>([
    [
      'a lock that pins',
      { packages: () => ({ 'node_modules/top': entry('top@1.0.0'), [INNER]: entry('inner@1.0.0') }) },
    ],
    [
      'a package that brings another one',
      {
        manifest: { dependencies: { bundler: '1.0.0' } },
        packages: () => ({
          'node_modules/bundler': entry('bundler@1.0.0'),
          'node_modules/bundler/node_modules/brought': { version: '1.0.0', inBundle: true },
          [INNER]: entry('inner@1.0.0'),
        }),
      },
    ],
    [
      'an optional package for another Node.js',
      {
        manifest: { dependencies: { top: '1.0.0' }, optionalDependencies: { other: '1.0.0' } },
        packages: () => ({
          'node_modules/top': entry('top@1.0.0'),
          [INNER]: entry('inner@1.0.0'),
          'node_modules/other': entry('other@1.0.0', { optional: true, engines: { node: '>=99' } }),
        }),
      },
    ],
  ])('%s is served', async (_title, source) => {
    const { code, termination } = await install(version, { level: 'locked', ...source });
    expect([code, termination]).toEqual([0, '']);
  });
});

describe('without a lock', () => {
  const [, newest] = NPM_VERSIONS;

  it('nothing is served at the level "locked"', async () => {
    const { code, termination } = await install(newest, { level: 'locked' });
    expect(code).toBe(1);
    expect(termination).toContain('the lock that says what to install is missing; pin every dependency with a lock');
  });

  it('what package.json asks for is', async () => {
    const dependencies = { top: '1.0.0', old: 'npm:inner@1.0.0', inner: '1.x' };
    expect(await install(newest, { manifest: { dependencies } })).toMatchObject({ code: 0 });
  });
});

import { describe, expect, it } from 'vitest';
import { PUBLIC_REGISTRY } from '../../../../src/dependencies/npm/registries.ts';
import { INTEGRITY, judge, told } from '../source-of.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

type Packages = Record<string, Record<string, unknown>>;
const lockOf = (packages: Packages, lockfileVersion: unknown = 3): unknown => ({ lockfileVersion, packages });
const entry = (version: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  version,
  integrity: INTEGRITY,
  ...more,
});
const manifestOf = (dependencies: Record<string, string>, more: Record<string, unknown> = {}): unknown => ({
  dependencies,
  ...more,
});
const refusals = (manifest: unknown, packages: Packages, registries: readonly string[] = []): readonly string[] =>
  told({ 'package.json': manifest, 'package-lock.json': lockOf(packages) }, registries);

describe('a lock that npm ci would follow', () => {
  it('excuses whatever it pins in version and content', () => {
    const dependencies = {
      caret: '^1.0.0',
      star: '*',
      tag: 'latest',
      alias: 'npm:other@^1.0.0',
      git: 'github:u/r#main',
      archive: 'https://x.example/a.tgz',
      lib: 'file:lib',
      packed: 'file:vendor/packed.tgz',
    };
    const packages = {
      '': { dependencies },
      'node_modules/caret': entry('1.4.0', { dependencies: { deep: '~2.0.0' } }),
      'node_modules/caret/node_modules/deep': entry('2.0.1'),
      'node_modules/star': entry('9.9.9'),
      'node_modules/tag': entry('3.0.0', { resolved: `${PUBLIC_REGISTRY}tag/-/tag-3.0.0.tgz` }),
      'node_modules/alias': entry('1.2.0', { name: 'other' }),
      'node_modules/git': { version: '1.0.0', resolved: `git+ssh://git@github.com/u/r.git#${COMMIT}` },
      'node_modules/archive': entry('1.0.0', { resolved: 'https://x.example/a.tgz' }),
      'node_modules/lib': { resolved: 'lib', link: true },
      'node_modules/packed': entry('1.0.0', { resolved: 'file:vendor/packed.tgz' }),
      'node_modules/deep': entry('7.0.0'),
      lib: { version: '1.0.0', dependencies: { deep: '>=7' } },
    };
    expect(
      judge({
        'package.json': manifestOf(dependencies),
        'package-lock.json': lockOf(packages),
        'lib/package.json': { name: 'lib', dependencies: { deep: '>=7' } },
        'vendor/packed.tgz': 'an archive',
      }),
    ).toEqual([]);
  });

  it('holds the packages of every platform, and of peers; those that are optional peers may be absent', () => {
    const dependencies = { a: '1.0.0' };
    const packages = {
      'node_modules/a': entry('1.0.0', {
        optionalDependencies: { 'a-linux': '1.0.0' },
        peerDependencies: { b: '*', c: '*' },
        peerDependenciesMeta: { c: { optional: true } },
      }),
      'node_modules/b': entry('1.0.0'),
    };
    expect(refusals(manifestOf(dependencies), packages).map((line) => line.replace(/; .*/, ''))).toEqual([
      'exact: package-lock.json:4:5: the lock lacks "a-linux", for which "node_modules/a" asks as "1.0.0"',
    ]);
    expect(
      refusals(manifestOf(dependencies), { ...packages, 'node_modules/a-linux': entry('1.0.0', { optional: true }) }),
    ).toEqual([]);
  });

  it('is checked for development packages as npm ci does, and needs no checksum for them', () => {
    const manifest = manifestOf({ a: '1.0.0' }, { devDependencies: { tool: '^1.0.0' } });
    const packages = { 'node_modules/a': entry('1.0.0') };
    expect(refusals(manifest, packages).map((line) => line.replace(/; .*/, ''))).toEqual([
      'exact: package-lock.json:3:3: the lock lacks "tool", for which package.json asks as "^1.0.0"',
    ]);
    expect(refusals(manifest, { ...packages, 'node_modules/tool': { version: '1.2.0', dev: true } })).toEqual([]);
  });

  it('takes what is bundled from the archive of its bundler', () => {
    const packages = {
      'node_modules/a': entry('1.0.0', { dependencies: { b: '^1.0.0' }, bundleDependencies: ['b'] }),
      'node_modules/a/node_modules/b': { version: '1.0.0', inBundle: true },
    };
    expect(refusals(manifestOf({ a: '1.0.0' }), packages)).toEqual([]);
    const forged = { 'node_modules/a': { version: '1.0.0', inBundle: true } };
    expect(refusals(manifestOf({ a: '1.0.0' }), forged).map((line) => line.replace(/;.*/, ''))).toEqual([
      'locked: package-lock.json:4:5: the lock has no checksum ("integrity") for "a" "1.0.0"',
      'locked: package-lock.json:6:19: "node_modules/a" is marked "inBundle", and no package above it bundles it: npm 10 believes the lock, and npm 11 does not',
    ]);
  });

  it('follows overrides', () => {
    const packages = {
      'node_modules/a': entry('1.0.0', { dependencies: { b: '^1.0.0' } }),
      'node_modules/b': entry('2.0.0'),
    };
    expect(refusals(manifestOf({ a: '1.0.0' }, { overrides: { b: '2.0.0' } }), packages)).toEqual([]);
    expect(refusals(manifestOf({ a: '1.0.0' }, { overrides: { 'b@1': '2.0.0' } }), packages)).toEqual([]);
    expect(refusals(manifestOf({ a: '1.0.0' }, { overrides: { a: { b: '2.0.0' } } }), packages)).toEqual([]);
    expect(refusals(manifestOf({ a: '1.0.0' }, { overrides: { b: '3.0.0' } }), packages)).toHaveLength(1);
    expect(refusals(manifestOf({ a: '1.0.0' }), packages)).toHaveLength(1);
  });

  it('is npm-shrinkwrap.json before package-lock.json', () => {
    const good = lockOf({ 'node_modules/a': entry('1.2.0') });
    const contents = { 'package.json': manifestOf({ a: '^1.0.0' }), 'npm-shrinkwrap.json': good };
    expect(judge({ ...contents, 'package-lock.json': 'no JSON' })).toEqual([]);
    expect(told({ ...contents, 'npm-shrinkwrap.json': lockOf({}), 'package-lock.json': good })).toEqual([
      'exact: package.json:3:10: "a" is "^1.0.0", a range: Pods take the newest version in it; write one version, such as "1.0.0" (npm view a version shows the newest), or write npm-shrinkwrap.json again ("buildless lock"), as it is not trusted: it lacks "a" [dependencies-float]',
      'exact: npm-shrinkwrap.json:3:3: the lock lacks "a", for which package.json asks as "^1.0.0"; write the lock again: "buildless lock", or npm install --package-lock-only [dependencies-float]',
    ]);
  });
});

describe('a lock that is not trusted', () => {
  it('gives the version to write, all the same', () => {
    expect(refusals(manifestOf({ a: '^1.0.0' }), { 'node_modules/a': { version: '1.2.0' } })).toEqual([
      'exact: package.json:3:10: "a" is "^1.0.0", a range: Pods take the newest version in it; write "1.2.0", the version in package-lock.json, or write package-lock.json again ("buildless lock"), as it is not trusted: it has no checksum for "a" [dependencies-float]',
      'locked: package-lock.json:4:5: the lock has no checksum ("integrity") for "a" "1.2.0"; delete the lock and node_modules, and write it again with npm install --package-lock-only [dependencies-float]',
    ]);
  });

  it('has another version than the manifest asks for', () => {
    expect(refusals(manifestOf({ a: '2.0.0' }), { 'node_modules/a': entry('1.2.0') })).toEqual([
      'exact: package-lock.json:4:5: the lock has "a" in version "1.2.0", which does not fit "2.0.0"; write the lock again: "buildless lock", or npm install --package-lock-only [dependencies-float]',
    ]);
  });

  it.each([
    ['a tag without the address that it led to', 'latest', entry('1.0.0')],
    [
      'another repository',
      `u/r#${COMMIT}`,
      { version: '1.0.0', resolved: `git+ssh://git@github.com/u/other.git#${COMMIT}` },
    ],
    [
      'another commit',
      `u/r#${'f'.repeat(40)}`,
      { version: '1.0.0', resolved: `git+ssh://git@github.com/u/r.git#${COMMIT}` },
    ],
    ['another address', 'https://x.example/a.tgz', entry('1.0.0', { resolved: `${PUBLIC_REGISTRY}a/-/a-1.0.0.tgz` })],
    ['an archive in place of a link', 'file:lib', entry('1.0.0')],
  ])('has %s', (_, spec, locked) => {
    const findings = judge({
      'package.json': manifestOf({ a: spec }),
      'package-lock.json': lockOf({ 'node_modules/a': locked }),
      'lib/package.json': {},
    });
    expect(findings).toContainEqual(expect.objectContaining({ level: 'exact', file: 'package-lock.json', spec }));
  });

  it('was written for another branch of a repository', () => {
    const locked = { version: '1.0.0', resolved: `git+ssh://git@github.com/u/r.git#${COMMIT}` };
    const packages = { '': { dependencies: { a: 'u/r#main' } }, 'node_modules/a': locked };
    expect(refusals(manifestOf({ a: 'u/r#main' }), packages)).toEqual([]);
    expect(refusals(manifestOf({ a: 'u/r#next' }), packages)).toHaveLength(2);
  });

  it('has a repository without a full commit', () => {
    const packages = { 'node_modules/a': { version: '1.0.0', resolved: 'git+ssh://git@github.com/u/r.git#main' } };
    expect(refusals(manifestOf({ a: 'u/r#main' }), packages)[1]).toBe(
      'locked: package-lock.json:4:5: the lock has "a" from Git without a full commit; delete the lock and node_modules, and write it again with npm install --package-lock-only [dependencies-float]',
    );
  });

  it.each([undefined, '', 'sha512-', 'md5-1B2M2Y8AsgTpgAmY7PhCfg==', 'x'])('has %j for a checksum', (integrity) => {
    expect(refusals(manifestOf({ a: '1.0.0' }), { 'node_modules/a': { version: '1.0.0', integrity } })).toHaveLength(1);
  });

  it('downloads from an address that is not a registry of the configuration', () => {
    const packages = { 'node_modules/a': entry('1.0.0', { resolved: 'https://user:secret@evil.example/a-1.0.0.tgz' }) };
    expect(refusals(manifestOf({ a: '1.0.0' }), packages)).toEqual([
      'no-latest: package-lock.json:7:19: the lock takes "a" "1.0.0" from evil.example, which is not a registry that the configuration allows; write the lock again from an allowed registry, or have the administrator add this one to dependencies.registries.nodejs of the configuration [dependencies-invalid]',
      'exact: package-lock.json:7:19: "https://***@evil.example/a-1.0.0.tgz" holds a credential, and whoever can read the source can read it; have it replaced, and take the package from a registry, whose credential belongs in .npmrc of a Secret that buildless.dev/registry names [credential-in-source]',
    ]);
  });

  it.each([
    ['https://npm.registry.example/a/-/a-1.0.0.tgz', true],
    ['https://NPM.registry.example:443/a/-/a-1.0.0.tgz', true],
    ['https://npm.registry.example.evil.example/a.tgz', false],
    ['https://npm.registry.example@evil.example/a.tgz', false],
    ['https://other.example/team/a.tgz', true],
    ['https://other.example/team/../evil/a.tgz', false],
    ['https://other.example/a.tgz', false],
    [`${PUBLIC_REGISTRY}a/-/a-1.0.0.tgz`, true],
    [`${PUBLIC_REGISTRY.replace(/\/$/, '')}.evil.example/a.tgz`, false],
    ['http://x:y', false],
    ['HTTPS://evil.example/a.tgz', false],
  ])('may name %s: %s', (resolved, allowed) => {
    const registries = ['https://npm.registry.example', 'https://other.example/team/'];
    const packages = { 'node_modules/a': entry('1.0.0', { resolved }) };
    const lines = refusals(manifestOf({ a: '1.0.0' }), packages, registries);
    expect(lines.filter((line) => line.startsWith('no-latest'))).toHaveLength(allowed ? 0 : 1);
  });

  it('leads out of the source', () => {
    const outside = [
      { 'node_modules/a': { resolved: '../a', link: true }, '../a': {} },
      { 'node_modules/a': entry('1.0.0', { resolved: 'file:../a.tgz' }) },
      { 'node_modules/a': entry('1.0.0', { resolved: 'ftp://evil.example/a.tgz' }) },
    ];
    for (const packages of outside) {
      const findings = judge({ 'package.json': manifestOf({ a: '1.0.0' }), 'package-lock.json': lockOf(packages) });
      expect(findings).toContainEqual(expect.objectContaining({ level: 'no-latest', file: 'package-lock.json' }));
    }
  });

  it('is of a version that holds too little, or is no lock', () => {
    const contents = { 'package.json': manifestOf({ a: '1.0.0' }) };
    expect(told({ ...contents, 'package-lock.json': lockOf({}, 1) })).toEqual([
      'locked: package-lock.json:2:22: the lock is not trusted: its lockfileVersion is 1, and only 2 and 3 hold what a check needs; write it again with npm 7 or newer: npm install --package-lock-only --lockfile-version=3 [dependencies-invalid]',
    ]);
    expect(told({ ...contents, 'package-lock.json': { lockfileVersion: 3 } })).toEqual([
      'locked: package-lock.json:1:1: the lock is not trusted: it has no "packages"; delete it and run npm install --package-lock-only [dependencies-invalid]',
    ]);
    expect(told({ ...contents, 'package-lock.json': '<<<<<<< HEAD\n' })).toEqual([
      'no-latest: package-lock.json:1:1: the lock is not trusted: it is not valid JSON: "<" is not JSON; correct the JSON [dependencies-invalid]',
    ]);
  });

  it.each([
    ['yarn.lock', 'yarn'],
    ['pnpm-lock.yaml', 'pnpm'],
    ['bun.lock', 'bun'],
    ['bun.lockb', 'bun'],
  ])('is %s', (file, tool) => {
    expect(told({ 'package.json': manifestOf({ a: '1.0.0' }), [file]: '' })).toEqual([
      `locked: ${file}: ${file} is the lock of ${tool}, which is not trusted yet: packages are installed by npm, which does not follow it; write a package-lock.json with "buildless lock", or with npm install --package-lock-only, and add it to the source [dependencies-float]`,
    ]);
  });

  it('is told of in ten lines of each kind', () => {
    const names = Array.from({ length: 30 }, (_, index) => `a${index}`);
    const findings = refusals(manifestOf(Object.fromEntries(names.map((name) => [name, '1.0.0']))), {});
    expect(findings).toHaveLength(10);
    expect(findings.at(-1)).toContain('(and 20 more like this)');
  });
});

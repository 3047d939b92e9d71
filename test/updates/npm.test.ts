import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildless, type Finished } from '../cli/command.ts';
import { type FakeRegistry, type NpmPackage, startNpmRegistry, startRegistry } from '../pod/install/fake-registry.ts';
import { daysAgo, folderWith, textOf } from './folder-with.ts';
import { offersIn } from './offers.ts';

/** Through the real npm, against a registry whose times are known. */
let top = '';
let registry: FakeRegistry;
let env: NodeJS.ProcessEnv = {};

const archive = Buffer.from('x');
const released = (
  name: string,
  version: string,
  days: number | undefined,
  more: Partial<NpmPackage> = {},
): NpmPackage => ({
  name,
  version,
  archive,
  hasInstallScript: false,
  ...(days !== undefined && { published: daysAgo(days) }),
  ...more,
});
const PACKAGES: readonly NpmPackage[] = [
  released('left', '1.0.0', 400),
  released('left', '1.1.0', 300, { dependencies: { inner: '^1.0.0' } }),
  released('left', '1.2.0', 2, { dependencies: { inner: '^1.0.0' } }),
  released('left', '3.0.0-rc.1', 50),
  released('left', '3.0.0-rc.2', 40),
  released('left', '2.0.0', 100, { dependencies: { inner: '^1.0.0' } }),
  released('inner', '1.0.0', 500),
  released('inner', '1.1.0', 1),
  released('old', '1.0.0', 400),
  released('old', '1.1.0', 300, { deprecated: 'use left\u001b[31m' }),
  released('zero', '0.1.0', 400),
  released('zero', '0.1.9', 300),
  released('zero', '0.2.0', 200),
  released('ahead', '1.0.0', 400),
  released('ahead', '2.0.0', 300),
  released('ahead', '1.1.0', 200),
  released('timeless', '1.0.0', undefined),
  released('timeless', '1.1.0', undefined),
  released('asks', '1.0.0', 400),
  released('asks', '1.1.0', 300, { dependencies: { timeless: '^1.0.0' } }),
];

beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'buildless-updates-'));
  registry = await startNpmRegistry(PACKAGES);
  env = { ...process.env, npm_config_registry: registry.address, npm_config_cache: path.join(top, 'cache') };
});
afterAll(async () => {
  await registry.close();
  await rm(top, { recursive: true, force: true });
});

const run = (args: readonly string[]): Promise<Finished> => buildless(args, '', top, env);
const asking = (dependencies: Readonly<Record<string, string>>): Promise<string> =>
  folderWith(top, { 'package.json': JSON.stringify({ dependencies }) });
/** Version of a package in a package-lock.json. */
async function lockedVersion(folder: string, name: string): Promise<string | undefined> {
  const { packages } = JSON.parse(await textOf(folder, 'package-lock.json')) as {
    packages: Record<string, { version: string }>;
  };
  return packages[`node_modules/${name}`]?.version;
}

const offers = async (
  dependencies: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<readonly string[]> => offersIn(await asking(dependencies), run, args);

describe('buildless outdated, for npm', () => {
  let offered: readonly string[] = [];
  let oldEnough: readonly string[] = [];
  beforeAll(async () => {
    const pins = { left: '1.0.0', two: 'npm:left@2.0.0', rc: 'npm:left@3.0.0-rc.1', zero: '0.1.0', inner: '1.1.0' };
    offered = await offers({ ...pins, ahead: '1.0.0', old: '1.0.0', timeless: '1.0.0' });
    oldEnough = await offers({ left: '1.0.0', timeless: '1.0.0' }, '--minimum-age', '7d');
  });

  it('offers the newest version of the same major version and the newest of all', () => {
    expect(offered).toContain('left 1.0.0 1.2.0 2.0.0');
    expect(offered).toContain('inner 1.1.0 - -');
  });

  it('takes another minor version of 0.x for a breaking change', () => {
    expect(offered).toContain('zero 0.1.0 0.1.9 0.2.0');
  });

  it('offers only what is old enough, and nothing without a time', () => {
    expect(oldEnough).toEqual(['left 1.0.0 1.1.0 2.0.0', 'timeless 1.0.0 - -']);
    expect(offered).toContain('timeless 1.0.0 1.1.0 1.1.0');
  });

  it('offers a pre-release only to a pin that is one', () => {
    expect(offered).toContain('left 3.0.0-rc.1 3.0.0-rc.2 3.0.0-rc.2');
    expect(offered).toContain('left 2.0.0 - -');
  });

  it('offers nothing that is newer than the tag "latest"', () => {
    expect(offered).toContain('ahead 1.0.0 1.1.0 1.1.0');
  });

  it('offers nothing that is deprecated, and names a pin that is, without what would move the cursor', async () => {
    expect(offered).toContain('old 1.0.0 - -');
    const { stdout, status } = await run(['outdated', '-f', await asking({ old: '1.1.0' })]);
    expect(status).toBe(0);
    expect(stdout).toContain('old 1.1.0 was withdrawn: use left');
    expect(stdout).not.toContain('\u001b');
  });

  it('prints a table, and exits with 1 only if it is asked to', async () => {
    const folder = await asking({ left: '1.0.0', zero: '^0.1.0' });
    const { stdout, stderr, status } = await run(['outdated', '-f', folder]);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: [
        'PACKAGE   CURRENT   WANTED   NEWEST   AGE    KIND           SOURCE',
        `left      1.0.0     1.2.0    2.0.0    100d   dependencies   ${folder}`,
        '',
      ].join('\n'),
      stderr: `${folder}: the source of a Function\n${folder}: package.json:1: zero is not listed, because it is a range (^0.1.0)\n`,
    });
    expect((await run(['outdated', '-f', folder, '--exit-code', '-q'])).status).toBe(1);
    expect((await run(['outdated', '-f', await asking({ inner: '1.1.0' }), '--exit-code'])).status).toBe(0);
  });

  it('reports an unknown package and an unknown version with their places, and lists the others', async () => {
    const { stdout, stderr, status } = await run([
      'outdated',
      '-f',
      await asking({ nope: '1.0.0', left: '7.0.0', zero: '0.1.0' }),
    ]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^zero +0\.1\.0 +0\.1\.9/m);
    expect(stderr).toContain('package.json:1: the registry has no package nope\n       correct its name');
    expect(stderr).toContain(
      'the registry has no version 7.0.0 of left\n       write a version that exists; the newest is 2.0.0',
    );
  });
});

describe('buildless update, for npm', () => {
  it('shows a diff, writes it with --write, makes no lock if there was none, and has nothing to do the second time', async () => {
    const text = '{\n  "dependencies": {\n    "left":  "1.0.0", "zero": "^0.1.0"\n  }\n}';
    const folder = await folderWith(top, { 'package.json': text });
    const { stdout, stderr, status } = await run(['update', '-f', folder]);
    expect(status).toBe(0);
    expect(stdout).toContain('-    "left":  "1.0.0", "zero": "^0.1.0"\n+    "left":  "1.2.0", "zero": "^0.1.0"\n');
    expect(stderr).toMatch(/package\.json:3: left 1\.0\.0 -> 1\.2\.0 \(published \d{4}-\d\d-\d\d\)\n$/);
    expect(await textOf(folder, 'package.json')).toBe(text);

    expect(await run(['update', '-f', folder, '--write', '-q'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await textOf(folder, 'package.json')).toBe(text.replace('1.0.0', '1.2.0'));
    await expect(textOf(folder, 'package-lock.json')).rejects.toThrow('ENOENT');
    expect(await run(['update', '-f', folder, '--write'])).toMatchObject({
      status: 0,
      stderr: `${folder}: the source of a Function\nNothing to update: every pin is at the newest version that is allowed.\n`,
    });
  });

  it('updates the packages that are named, with --major to the newest version', async () => {
    const folder = await asking({ left: '1.0.0', zero: '0.1.0' });
    expect((await run(['update', '-f', folder, 'zero', '--major', '--write'])).status).toBe(0);
    expect(JSON.parse(await textOf(folder, 'package.json'))).toEqual({
      dependencies: { left: '1.0.0', zero: '0.2.0' },
    });
  });

  it('writes a lock again in which each new version is old enough, and keeps what is in it', async () => {
    const folder = await asking({ left: '1.0.0' });
    expect((await run(['lock', '-f', folder, '--write'])).status).toBe(0);
    expect((await run(['update', '-f', folder, '--minimum-age', '7d', '--write'])).status).toBe(0);
    expect(await textOf(folder, 'package.json')).toBe('{"dependencies":{"left":"1.1.0"}}');
    expect(await lockedVersion(folder, 'left')).toBe('1.1.0');
    expect(await lockedVersion(folder, 'inner')).toBe('1.0.0');
    expect((await run(['validate', '-f', folder, '--level', 'locked'])).status).toBe(0);
  });

  it('keeps a version that the lock has, however young it is', async () => {
    const folder = await asking({ left: '1.1.0', zero: '0.1.0' });
    expect((await run(['lock', '-f', folder, '--write'])).status).toBe(0);
    expect(await lockedVersion(folder, 'inner')).toBe('1.1.0');
    expect((await run(['update', '-f', folder, '--minimum-age', '7d', '--write'])).status).toBe(0);
    expect(await lockedVersion(folder, 'zero')).toBe('0.1.9');
    expect(await lockedVersion(folder, 'inner')).toBe('1.1.0');
  });

  it('writes nothing if the lock would get a version whose age the registry does not tell', async () => {
    const folder = await asking({ asks: '1.0.0' });
    expect((await run(['lock', '-f', folder, '--write'])).status).toBe(0);
    const { status, stdout, stderr } = await run(['update', '-f', folder, '--minimum-age', '7d', '--write']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('the lock would get timeless 1.1.0, and the registry does not tell when it was published');
    expect(await textOf(folder, 'package.json')).toBe('{"dependencies":{"asks":"1.0.0"}}');
  });

  it('writes nothing if a package cannot be looked up', async () => {
    const folder = await asking({ left: '1.0.0', nope: '1.0.0' });
    expect(await run(['update', '-f', folder, '--write'])).toMatchObject({ status: 1, stdout: '' });
    expect(await textOf(folder, 'package.json')).toContain('"left":"1.0.0"');
  });

  it('refuses a name that no source pins, and says why a range stays', async () => {
    const folder = await asking({ left: '1.0.0', zero: '^0.1.0' });
    const wrong = await run(['update', '-f', folder, 'lefd']);
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
    expect(wrong.stderr).toContain('no source pins a dependency named lefd\n       did you mean left?');
    const range = await run(['update', '-f', folder, 'zero']);
    expect(range.status).toBe(2);
    expect(range.stderr).toContain('zero is not pinned to one version: it is a range (^0.1.0)');
  });
});

describe('registries of npm', () => {
  it('are those of the source, with the credentials of the person', async () => {
    const asked: (string | undefined)[] = [];
    const closed = await startRegistry((_place, response, address, { authorization }) => {
      asked.push(authorization);
      if (authorization !== 'Bearer hunter2') response.writeHead(401).end();
      else {
        const version = (each: string): unknown => ({
          name: '@mine/own',
          version: each,
          dist: { tarball: `${address}x.tgz` },
        });
        const versions = { '1.0.0': version('1.0.0'), '1.1.0': version('1.1.0') };
        response.end(JSON.stringify({ name: '@mine/own', versions, 'dist-tags': { latest: '1.1.0' } }));
      }
    });
    try {
      const folder = await folderWith(top, {
        'package.json': '{"dependencies":{"@mine/own":"1.0.0"}}',
        '.npmrc': `@mine:registry=${closed.address}\n`,
      });
      const person = path.join(top, 'npmrc');
      await writeFile(person, `${closed.address.replace('http:', '')}:_authToken=hunter2\n`);
      const known = await buildless(['outdated', '-f', folder], '', top, { ...env, NPM_CONFIG_USERCONFIG: person });
      expect(known.stdout).toMatch(/^@mine\/own +1\.0\.0 +1\.1\.0 +1\.1\.0/m);
      const unknown = await run(['outdated', '-f', folder]);
      expect(unknown.status).toBe(1);
      expect(unknown.stderr).toContain('could not look up @mine/own\n       correct what npm reports');
      expect(unknown.stderr).toContain('npm error code E401');
      expect(asked).toContain(undefined);
    } finally {
      await closed.close();
    }
  });

  it('are named if none of them can be reached', async () => {
    const gone = await startNpmRegistry([]);
    await gone.close();
    const folder = await asking({ left: '1.0.0' });
    const { status, stdout, stderr } = await buildless(['update', '-f', folder, '--write'], '', top, {
      ...env,
      npm_config_registry: gone.address,
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`no registry can be reached: ${new URL(gone.address).host} (ECONNREFUSED)`);
  });
});

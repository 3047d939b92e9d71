import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePodPrograms, Folders, listTree, type Run, type RunEnd, runInPod, writeTree } from '../pod-programs.ts';
import {
  type FakeRegistry,
  integrityOf,
  Registries,
  startNpmRegistry,
  startRefusing,
  startSilent,
} from './fake-registry.ts';

const folders = new Folders();
const registries = new Registries();
let programs = '';

beforeAll(async () => {
  programs = folders.keep(await bundlePodPrograms());
});
afterAll(async () => {
  await registries.closeAll();
  await folders.removeAll();
});

/** A root as `prepare` leaves it for the installer. */
async function stage(files: Readonly<Record<string, unknown>>): Promise<string> {
  const root = await folders.open('root');
  const texts = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? content : JSON.stringify(content),
  ]);
  await writeTree(path.join(root, 'staging'), Object.fromEntries(texts) as Record<string, string>);
  execFileSync('chmod', ['-R', 'a+rwX', root]);
  return root;
}

type Options = Pick<Run, 'env' | 'killAfter' | 'stopAt' | 'starveAt'> & { readonly flags?: readonly string[] };

const install = async (root: string, { flags = [], ...run }: Options = {}): Promise<RunEnd> =>
  await runInPod({
    command: process.execPath,
    args: [path.join(programs, 'nodejs/install.mjs'), `--root=${root}`, '--timeout=120', ...flags],
    ...run,
  });

async function npmrc(...lines: readonly string[]): Promise<string> {
  const folder = await folders.open('secret');
  await writeTree(folder, { '.npmrc': `${lines.join('\n')}\n` });
  return `--registry=${path.join(folder, '.npmrc')}`;
}

const NUMBER = { dependencies: { 'is-number': '7.0.0' } };
const NUMBER_INTEGRITY =
  'sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==';
const lockOf = (integrity: string, version = '7.0.0'): unknown => ({
  name: 'function',
  lockfileVersion: 3,
  requires: true,
  packages: { '': { dependencies: { 'is-number': version } }, 'node_modules/is-number': { version, integrity } },
});

describe('install with npm from the public registry', () => {
  it('installs without a lock, leaving devDependencies out and the source as it was', async () => {
    const root = await stage({
      'handler.js': '',
      'package.json': { ...NUMBER, devDependencies: { 'is-odd': '3.0.1' } },
    });

    const { code, output, termination } = await install(root);

    expect(output).toMatch(/installing with npm \d+\.\d+\.\d+ \(no lock file\)\n[^]*installed 1 package in \d+\.\d s/);
    expect([code, termination]).toEqual([0, '']);
    const files = await listTree(path.join(root, 'function'));
    expect(files).toContain('node_modules/is-number/index.js');
    expect(files.filter((file) => !file.startsWith('node_modules/'))).toEqual(['handler.js', 'package.json']);
    expect(existsSync(path.join(root, 'staging'))).toBe(false);
  });

  it('installs what a lock says', async () => {
    const root = await stage({ 'package.json': NUMBER, 'package-lock.json': lockOf(NUMBER_INTEGRITY) });

    const { code, output } = await install(root);

    expect(output).toContain('(lock file: 1 package)');
    expect(code).toBe(0);
    expect(existsSync(path.join(root, 'function/node_modules/is-number/index.js'))).toBe(true);
  });

  it('names a package that does not exist', async () => {
    const root = await stage({ 'package.json': { dependencies: { 'buildless-no-such-package': '1.0.0' } } });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toMatch(
      /^buildless-no-such-package@1\.0\.0: the registry \S+ answered 404: the package or version does not exist/,
    );
    expect(existsSync(path.join(root, 'function'))).toBe(false);
  });

  it('lists the versions of a package that has not the one asked for', async () => {
    const root = await stage({ 'package.json': { dependencies: { 'is-number': '99.0.0' } } });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toMatch(/No matching version found for is-number@99\.0\.0 .*\(the last 10 of \d+: .*7\.0\.0\)/);
  });

  it('trusts no archive with another content than the lock has', async () => {
    const root = await stage({
      'package.json': NUMBER,
      'package-lock.json': lockOf(integrityOf(Buffer.from('other'))),
    });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toMatch(/^is-number\S*: integrity mismatch/);
  });

  it('refuses a lock that does not match package.json, and names the difference', async () => {
    const root = await stage({ 'package.json': NUMBER, 'package-lock.json': lockOf(NUMBER_INTEGRITY, '6.0.0') });
    const { code, output, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toContain('package.json and the lock file do not match: ');
    expect(termination).toContain('is-number@7.0.0');
    // npm prints the help of `npm ci` as well.
    expect(output.split('\n').length).toBeLessThan(12);
    expect(output).toMatch(/npm error (?:Missing|Invalid): /);
  });

  it('is complete after having been killed at any point', async () => {
    const root = await stage({ 'package.json': { dependencies: { express: '5.1.0' } } });
    for (const killAfter of [150, 500, 900, 1300]) {
      await install(root, { killAfter });
      expect(
        existsSync(path.join(root, 'staging')) || existsSync(path.join(root, 'function/node_modules/express')),
      ).toBe(true);
    }
    const { code } = await install(root);
    expect(code).toBe(0);
    const program = "import('express').then(({ default: express }) => console.log(typeof express()))";
    const function_ = path.join(root, 'function');
    expect(execFileSync(process.execPath, ['-e', program], { cwd: function_, encoding: 'utf8' })).toBe('function\n');
  });

  it('ends quickly when the Pod is told to stop', async () => {
    const root = await stage({ 'package.json': { dependencies: { express: '5.1.0' } } });
    const { code } = await install(root, { stopAt: 'installing with npm' });
    expect(code).toBe(143);
    expect(existsSync(path.join(root, 'function'))).toBe(false);
  });
});

describe('install with npm from a registry of its own', () => {
  const TOKEN = 'npm_s3cr3tT0kenOfTheTest';

  it('sends the token of the Secret, and never prints it when it is refused', async () => {
    const registry = await registries.use(startRefusing(401));
    const host = new URL(registry.address).host;
    const root = await stage({ 'package.json': NUMBER });
    const password = Buffer.from('pa55word-of-the-test').toString('base64');

    const { code, output, termination } = await install(root, {
      flags: [
        await npmrc(`registry=${registry.address}`, `//${host}/:_authToken=${TOKEN}`, `//other/:_password=${password}`),
      ],
    });

    expect(code).toBe(1);
    expect(termination).toMatch(/^is-number\S*: the registry http:\/\/127\.0\.0\.1:\d+ answered 401: the credentials/);
    for (const secret of [TOKEN, password, 'pa55word']) expect(output + termination).not.toContain(secret);
  });

  it('never prints what stands in an address', async () => {
    const root = await stage({ 'package.json': NUMBER });
    const { code, output, termination } = await install(root, {
      flags: [await npmrc('registry=http://deploy:hunter2hunter2@127.0.0.1:1/')],
    });
    expect(code).toBe(1);
    expect(output + termination).not.toContain('hunter2');
  });

  it('says that the registry is down', async () => {
    const root = await stage({ 'package.json': NUMBER });
    const { code, termination } = await install(root, { flags: [await npmrc('registry=http://127.0.0.1:1/')] });
    expect(code).toBe(1);
    expect(termination).toContain('the registry http://127.0.0.1:1 cannot be reached (ECONNREFUSED)');
  });

  it('gives a registry up that does not answer', async () => {
    const registry = await registries.use(startSilent());
    const root = await stage({ 'package.json': NUMBER });
    const { code, termination } = await install(root, {
      // npm takes the last.
      flags: [await npmrc('registry=http://127.0.0.1:1/', `registry=${registry.address}`), '--timeout=3'],
    });
    expect(code).toBe(1);
    expect(termination).toContain(
      `npm did not finish within 3 s: the registry ${registry.address} gave no answer in that time`,
    );
    expect(registry.requests).not.toEqual([]);
  });

  it('says that npm was killed, most likely for want of memory', async () => {
    const registry = await registries.use(startSilent());
    const root = await stage({ 'package.json': NUMBER });
    const { code, termination } = await install(root, {
      flags: [await npmrc(`registry=${registry.address}`)],
      starveAt: 'installing with npm',
    });
    expect(code).toBe(1);
    expect(termination).toContain('npm was killed, most likely as it ran out of memory');
  });

  it('says that the registry is out of order', async () => {
    const registry = await registries.use(startRefusing(503));
    const root = await stage({ 'package.json': NUMBER });
    const { code, termination } = await install(root, { flags: [await npmrc(`registry=${registry.address}`)] });
    expect(code).toBe(1);
    expect(termination).toContain('answered 503');
  });

  it('names the key that the Secret lacks', async () => {
    const root = await stage({ 'package.json': NUMBER });
    const { code, termination } = await install(root, { flags: ['--registry=/buildless-registry/.npmrc'] });
    expect(code).toBe(1);
    expect(termination).toContain('has no key ".npmrc"');
  });
});

/** A registry with one package, made of a folder by tar. */
async function publish(name: string, folder: string, ...flags: readonly string[]): Promise<FakeRegistry> {
  const archive = path.join(folder, 'package.tgz');
  execFileSync('tar', ['-czf', archive, ...flags, '-C', folder, 'package']);
  return await registries.use(startNpmRegistry([{ name, version: '1.0.0', archive: await readFile(archive) }]));
}

it('serves no package that npm could unpack in part only, though npm calls it a success', async () => {
  const folder = await folders.open('package');
  await writeTree(folder, { 'package/package.json': '{"name":"long","version":"1.0.0"}', 'package/LONG.js': '' });
  const registry = await publish('long', folder, `--transform=s/LONG/${'x'.repeat(300)}/`);
  const root = await stage({ 'package.json': { dependencies: { long: '1.0.0' } } });

  const { code, termination } = await install(root, { flags: [await npmrc(`registry=${registry.address}`)] });

  expect(code).toBe(1);
  expect(termination).toContain('npm could not unpack every file of a package: ENAMETOOLONG');
  expect(existsSync(path.join(root, 'function'))).toBe(false);
});

describe('install scripts', () => {
  /** A package whose install script leaves a mark. */
  async function scripted(): Promise<FakeRegistry> {
    const folder = await folders.open('package');
    await writeTree(folder, {
      'package/package.json': JSON.stringify({
        name: 'scripted',
        version: '1.0.0',
        scripts: { postinstall: `node -e "require('node:fs').writeFileSync('ran', 'yes')"` },
      }),
    });
    return await publish('scripted', folder);
  }
  const manifest = { dependencies: { scripted: '1.0.0' } };

  it('do not run', async () => {
    const root = await stage({ 'package.json': manifest, '.npmrc': 'ignore-scripts=false\n' });
    const { code } = await install(root, { flags: [await npmrc(`registry=${(await scripted()).address}`)] });
    expect(code).toBe(0);
    expect(await listTree(path.join(root, 'function/node_modules/scripted'))).toEqual(['package.json']);
  });

  it('run with --allow-scripts', async () => {
    const root = await stage({ 'package.json': manifest });
    const { code } = await install(root, {
      flags: [await npmrc(`registry=${(await scripted()).address}`), '--allow-scripts'],
    });
    expect(code).toBe(0);
    expect(await listTree(path.join(root, 'function/node_modules/scripted'))).toEqual(['package.json', 'ran']);
  });

  it('of an earlier download come from the cache, even when the registry is gone', async () => {
    const registry = await scripted();
    const secret = await npmrc(`registry=${registry.address}`);
    const cache = await folders.open('cache');
    const archive = new Uint8Array(
      await (await fetch(`${registry.address}scripted/-/scripted-1.0.0.tgz`)).arrayBuffer(),
    );
    const lock = {
      lockfileVersion: 3,
      packages: {
        '': manifest,
        'node_modules/scripted': { version: '1.0.0', integrity: integrityOf(archive), hasInstallScript: true },
      },
    };
    const files = { 'package.json': manifest, 'package-lock.json': lock };
    const flags = [secret, `--cache=${cache}`];
    expect((await install(await stage(files), { flags })).code).toBe(0);
    await registry.close();
    const root = await stage(files);

    const { code } = await install(root, { flags });

    expect(code).toBe(0);
    expect(existsSync(path.join(root, 'function/node_modules/scripted/package.json'))).toBe(true);
  });

  it('and a cache that cannot be written stops nothing', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'a folder of another user can be made by root only');
    const cache = await folders.open('cache');
    await chmod(cache, 0o755);
    const root = await stage({ 'package.json': manifest });
    const { code, output } = await install(root, {
      flags: [await npmrc(`registry=${(await scripted()).address}`), `--cache=${cache}`],
    });
    expect(code).toBe(0);
    expect(output).toContain('cannot be written by user 12345; going on without it');
  });
});

describe('an .npmrc in the source', () => {
  it.each(['dry-run=true', 'package-lock-only=true', 'usage=true', 'global=true', 'location=global'])(
    'does not keep npm from installing: %s',
    async (line) => {
      const lock = { 'package-lock.json': lockOf(NUMBER_INTEGRITY) };
      for (const files of [{}, lock]) {
        const root = await stage({ 'package.json': NUMBER, '.npmrc': `${line}\n`, ...files });
        expect(await install(root)).toMatchObject({ code: 0 });
        expect(existsSync(path.join(root, 'function/node_modules/is-number/index.js'))).toBe(true);
      }
    },
  );

  it.each([
    ['another machine', 'os=win32\ncpu=mips\nlibc=musl'],
    ['fewer packages', 'optional=false'],
    ['one user only', 'umask=0777'],
  ])('does not have npm install for %s: %j', async (_title, lines) => {
    // Packages for one machine each, as esbuild has them.
    const esbuild = `@esbuild/linux-${process.arch}`;
    const manifest = { dependencies: { 'is-number': '7.0.0' }, optionalDependencies: { [esbuild]: '0.25.0' } };
    const root = await stage({ 'package.json': manifest, '.npmrc': `${lines}\n` });
    expect(await install(root)).toMatchObject({ code: 0 });
    const modules = path.join(root, 'function/node_modules');
    expect(existsSync(path.join(modules, esbuild, 'bin/esbuild'))).toBe(true);
    expect((await stat(path.join(modules, 'is-number/index.js'))).mode & 0o777).toBe(0o644);
  });

  it('does not have npm start a program of the source, which could read the Secret', async () => {
    const repository = `git+http://127.0.0.1:1/repository.git#${'a'.repeat(40)}`;
    const root = await stage({
      'package.json': { dependencies: { repository } },
      '.npmrc': 'git=./git\nignore-scripts=false\n',
      git: '#!/bin/sh\ntouch ran\nexit 1\n',
    });
    await chmod(path.join(root, 'staging/git'), 0o755);
    expect(await install(root)).toMatchObject({ code: 1 });
    expect(await listTree(path.join(root, 'staging'))).not.toContain('ran');
  });
});

describe('install with npm without work for npm', () => {
  it.each([
    ['there is no package.json', { 'handler.js': '' }],
    ['package.json asks for nothing', { 'package.json': { type: 'module', dependencies: {} } }],
    ['it asks for development only', { 'package.json': { devDependencies: { x: 'latest' } } }],
  ])('shows the Function as it is where %s', async (_name, files) => {
    const root = await stage(files);
    const { code, output } = await install(root, { env: { PATH: root } });
    expect(code).toBe(0);
    expect(output).toContain('asks for no packages');
    expect(await listTree(path.join(root, 'function'))).toEqual(Object.keys(files));
  });

  it('is done at once where it finished before', async () => {
    const root = await folders.open('root');
    await writeTree(root, { 'function/handler.js': '' });
    const { code, output } = await install(root);
    expect([code, output]).toEqual([0, 'the packages were installed before\n']);
  });

  it('says that prepare has not finished', async () => {
    const root = await folders.open('root');
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toContain('buildless-prepare has not finished');
  });

  it('says what is wrong with package.json', async () => {
    const root = await stage({ 'package.json': '{"dependencies": {' });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toContain('package.json is not valid JSON');
  });

  it('says that the image has no npm', async () => {
    const root = await stage({ 'package.json': NUMBER });
    const lone = await folders.open('lone');
    const node = path.join(lone, 'bin/node');
    await mkdir(path.dirname(node));
    execFileSync('cp', [process.execPath, node]);
    const { code, termination } = await runInPod({
      command: node,
      args: [path.join(programs, 'nodejs/install.mjs'), `--root=${root}`, '--timeout=60'],
      env: { PATH: path.dirname(node) },
    });
    await rm(lone, { recursive: true });
    expect(code).toBe(1);
    expect(termination).toContain("the runtime's image has no npm");
  });
});

it("follows no setting of npm in this process' environment but the registry", async () => {
  const root = await stage({ 'package.json': NUMBER });
  const { code } = await install(root, {
    env: {
      npm_config_global: 'true',
      npm_config_dry_run: 'true',
      npm_config_prefix: root,
      npm_config_install_strategy: 'linked',
      NODE_OPTIONS: '',
    },
  });
  expect(code).toBe(0);
  expect(existsSync(path.join(root, 'function/node_modules/is-number/index.js'))).toBe(true);
});

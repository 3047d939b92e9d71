import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type FakeRegistry,
  integrityOf,
  Registries,
  startRefusing,
  startRegistry,
  startSilent,
} from '../install/fake-registry.ts';
import { wheelRecord } from '../../wheel-record.ts';
import { Folders, writeTree } from '../pod-programs.ts';
import { FastPod } from './fast-pod.ts';

const folders = new Folders();
const registries = new Registries();
let pod: FastPod;
let archive: Uint8Array;
let wheel: Uint8Array;
const WHEEL = 'private_thing-1.0.0-py3-none-any.whl';
const TOKEN = 'npm_t0kenOfTheTest';
const PASSWORD = 'pa55word-of-the-test';
const BUN = ['--fast=bun', '--version=22'];
const UV = ['--fast=uv', '--version=3.12'];

const IN_WHEEL = {
  'private_thing/__init__.py': 'ANSWER = 42\n',
  'private_thing-1.0.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: private-thing\nVersion: 1.0.0\n',
  'private_thing-1.0.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
};
const RECORD = 'private_thing-1.0.0.dist-info/RECORD';

beforeAll(async () => {
  pod = await FastPod.open(folders);
  const folder = await folders.open('package');
  await writeTree(folder, {
    'package/package.json': '{"name":"@team/private","version":"1.0.0","main":"index.js"}',
    'package/index.js': 'module.exports = 1;',
    ...Object.fromEntries(Object.entries(IN_WHEEL).map(([file, text]) => [`wheel/${file}`, text])),
    [`wheel/${RECORD}`]: wheelRecord(IN_WHEEL, RECORD),
  });
  execFileSync('tar', ['-czf', 'package.tgz', 'package'], { cwd: folder });
  execFileSync(
    'python3',
    ['-m', 'zipfile', '-c', WHEEL, 'wheel/private_thing', 'wheel/private_thing-1.0.0.dist-info'],
    {
      cwd: folder,
    },
  );
  archive = await readFile(path.join(folder, 'package.tgz'));
  wheel = await readFile(path.join(folder, WHEEL));
});
afterAll(async () => {
  await registries.closeAll();
  await folders.removeAll();
});

/** A registry of npm and of PyPI that answers only who sends the credentials. */
const startPrivate = async (allowed: (authorization: string) => boolean): Promise<FakeRegistry> =>
  await registries.use(
    startRegistry((place, response, address, headers) => {
      if (!allowed(headers.authorization ?? '')) response.writeHead(401).end('{"error":"who are you?"}');
      else if (place.endsWith('.tgz')) response.writeHead(200).end(archive);
      else if (place.endsWith('.whl')) response.writeHead(200).end(wheel);
      else if (place.startsWith('/simple/private-thing'))
        response.writeHead(200, { 'content-type': 'text/html' }).end(`<a href="/files/${WHEEL}">${WHEEL}</a>`);
      else if (decodeURIComponent(place) === '/@team/private') {
        const dist = { tarball: `${address}@team/private/-/private-1.0.0.tgz`, integrity: integrityOf(archive) };
        const versions = { '1.0.0': { name: '@team/private', version: '1.0.0', dist } };
        response.writeHead(200).end(JSON.stringify({ name: '@team/private', versions }));
      } else response.writeHead(404).end('{}');
    }),
  );

const locked = (resolved: string | undefined, integrity = integrityOf(archive)): Record<string, unknown> => ({
  'handler.js': '',
  'package.json': { dependencies: { '@team/private': '1.0.0' } },
  'package-lock.json': {
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { '@team/private': '1.0.0' } },
      'node_modules/@team/private': { version: '1.0.0', integrity, ...(resolved !== undefined && { resolved }) },
    },
  },
});

async function secret(name: string, ...lines: readonly string[]): Promise<string> {
  const folder = await folders.open('secret');
  await writeTree(folder, { [name]: `${lines.join('\n')}\n` });
  return `--registry=${path.join(folder, name)}`;
}

const hashed = (): Record<string, string> => ({
  'handler.py': '',
  'requirements.txt': `private-thing==1.0.0 --hash=sha256:${createHash('sha256').update(wheel).digest('hex')}\n`,
});

describe('bun takes from the Secret what npm takes', () => {
  it.each([
    ['a token', (host: string) => [`//${host}/:_authToken=${TOKEN}`], `Bearer ${TOKEN}`],
    [
      'a user and a password',
      (host: string) => [
        `//${host}/:username=deploy`,
        `//${host}/:_password=${Buffer.from(PASSWORD).toString('base64')}`,
      ],
      `Basic ${Buffer.from(`deploy:${PASSWORD}`).toString('base64')}`,
    ],
    [
      'both in one',
      (host: string) => [`//${host}/:_auth=${Buffer.from(`deploy:${PASSWORD}`).toString('base64')}`],
      `Basic ${Buffer.from(`deploy:${PASSWORD}`).toString('base64')}`,
    ],
  ])('%s, for the registry of a scope', async (_title, lines, authorization) => {
    const registry = await startPrivate((sent) => sent === authorization);
    const { host } = new URL(registry.address);
    const place = await pod.stage(locked(`${registry.address}@team/private/-/private-1.0.0.tgz`));
    const flag = await secret('.npmrc', `@team:registry=${registry.address}`, ...lines(host));

    const { code, output } = await pod.prepare('nodejs', place, { flags: [...BUN, flag] });

    expect(output).toContain('bun installed the packages');
    expect(code).toBe(0);
    expect(existsSync(path.join(place.root, 'function/node_modules/@team/private/index.js'))).toBe(true);
    expect(output).not.toContain(TOKEN);
  });

  it('also where the lock names the public registry, for which the configured one stands in', async () => {
    const registry = await startPrivate((sent) => sent === `Bearer ${TOKEN}`);
    const { host } = new URL(registry.address);
    const place = await pod.stage(locked('https://registry.npmjs.org/@team/private/-/private-1.0.0.tgz'));
    const flag = await secret('.npmrc', `registry=${registry.address}`, `//${host}/:_authToken=${TOKEN}`);

    const { code, output } = await pod.prepare('nodejs', place, { flags: [...BUN, flag] });

    expect(code, output).toBe(0);
    expect(existsSync(path.join(place.root, 'function/node_modules/@team/private/index.js'))).toBe(true);
  });
});

describe('bun, chosen by the author, installs what was judged or nothing', () => {
  const manifest = { dependencies: { 'is-number': '7.0.0' } };
  const source = (more: Readonly<Record<string, unknown>>, files: Readonly<Record<string, unknown>> = {}): object => ({
    'handler.js': '',
    'package.json': { ...manifest, ...more },
    ...files,
  });

  it.each([
    ['bunfig.toml', source({}, { 'bunfig.toml': '[install]\nregistry = "http://127.0.0.1:1/"\n' }), 'bunfig.toml'],
    ['bun.lock', source({}, { 'bun.lock': '{}' }), 'bun.lock'],
    ['yarn.lock', source({}, { 'yarn.lock': '' }), 'yarn.lock'],
    ['resolutions', source({ resolutions: { 'is-number': '6.0.0' } }), 'package.json has resolutions'],
    ['patchedDependencies', source({ patchedDependencies: {} }), 'package.json has patchedDependencies'],
    ['workspaces', source({ workspaces: ['a'] }), 'package.json has workspaces'],
    ['a catalog', source({ catalog: {} }), 'package.json has catalog'],
    ['overrides without a lock', source({ overrides: { 'is-number': '6.0.0' } }), 'package.json has overrides'],
    [
      'a peer that is for development too',
      source({ peerDependencies: { dayjs: '1.11.13' }, devDependencies: { dayjs: '1.11.0' } }),
      'dayjs is in peerDependencies and in devDependencies',
    ],
    ['an archive', source({ dependencies: { a: 'https://host.example/a.tgz' } }), 'a comes from no registry'],
    [
      'a lock without it',
      source({}, { 'package-lock.json': { lockfileVersion: 3, packages: {} } }),
      'is-number is not',
    ],
    ['a setting that only npm has', source({}, { '.npmrc': 'legacy-peer-deps=true\n' }), '.npmrc has legacy-peer-deps'],
    ['a setting that npm is kept from', source({}, { '.npmrc': 'dry-run=true\n' }), '.npmrc has dry-run'],
    ['a list', source({}, { '.npmrc': 'omit[]=peer\n' }), '.npmrc has omit[]'],
  ])('%s', async (_title, files, words) => {
    const place = await pod.stage({ ...files });
    const { code, termination } = await pod.prepare('nodejs', place, {
      flags: [...BUN, '--asked', '--otherwise=auto'],
    });
    expect(code).toBe(1);
    expect(termination).toContain(words);
    expect(termination).toContain('; correct it, or set buildless.dev/installer: auto');
    expect(existsSync(path.join(place.root, 'function'))).toBe(false);
  });

  it('without a lock what package.json asks registries for', async () => {
    const more = {
      optionalDependencies: { '@esbuild/win32-x64': '0.25.0' },
      peerDependencies: { dayjs: '1.11.13' },
      devDependencies: { typescript: '*' },
      bin: './missing.js',
    };
    const place = await pod.stage({ ...source(more), '.env': 'BUN_CONFIG_REGISTRY=http://127.0.0.1:1/\n' });
    const { code, output } = await pod.prepare('nodejs', place, { flags: [...BUN, '--asked'] });
    expect(code, output).toBe(0);
    const installed = await readdir(path.join(place.root, 'function/node_modules'));
    expect(installed.filter((name) => !name.startsWith('.'))).toEqual(['dayjs', 'is-number']);
  });
});

it('npm has the rest of the time where bun gets no answer', async () => {
  const registry = await registries.use(
    startRegistry((place, response, _address, headers) => {
      const isBun = headers['user-agent']?.startsWith('Bun/') === true;
      if (!isBun && place.endsWith('.tgz')) response.end(archive);
    }),
  );
  const place = await pod.stage(locked(`${registry.address}@team/private/-/private-1.0.0.tgz`));
  const flag = await secret('.npmrc', `registry=${registry.address}`);
  const { code, output } = await pod.prepare('nodejs', place, { flags: [...BUN, flag, '--timeout=20'] });
  expect(output).toContain('bun does not install this: bun did not finish within 10 s');
  expect(code, output).toBe(0);
});

describe('uv takes from the Secret what pip takes', () => {
  it.each(['index-url', 'extra-index-url'])('a password in %s, which nobody reads in the log', async (key) => {
    const wanted = `Basic ${Buffer.from(`deploy:${PASSWORD}`).toString('base64')}`;
    const registry = await startPrivate((sent) => sent === wanted);
    const empty = await registries.use(startRefusing(404));
    const address = registry.address.replace('//', `//deploy:${PASSWORD}@`);
    const place = await pod.stage(hashed());
    const first = key === 'index-url' ? [] : [`index-url = ${empty.address}simple`];
    const flag = await secret('pip.conf', '[global]', ...first, `${key} =`, `    ${address}simple`);

    const { code, output } = await pod.prepare('python', place, { flags: [...UV, flag], env: { PIP_INDEX_URL: '' } });

    expect(code, output).toBe(0);
    expect(output).not.toContain(PASSWORD);
    expect(existsSync(path.join(place.root, 'function/.python-packages/private_thing/__init__.py'))).toBe(true);
  });

  it('and leaves to pip what it does not know', async () => {
    const place = await pod.stage(hashed());
    const flag = await secret('pip.conf', '[global]', 'find-links = /wheels');
    const { code, output } = await pod.prepare('python', place, { flags: [...UV, flag, '--install'] });
    expect(code).toBe(0);
    expect(output).toContain('pip.conf has find-links, which uv does not read as pip does');
    expect(existsSync(path.join(place.root, 'staging/requirements.txt'))).toBe(true);
    expect(existsSync(path.join(place.root, 'function'))).toBe(false);
  });
});

describe('a failure names the package and what the registry answered', () => {
  it.each([
    [401, 'answered 401: the credentials'],
    [404, 'answered 404: the package or version does not exist'],
    [503, 'answered 503'],
  ])('%s, in the words of npm', async (status, words) => {
    const registry = await registries.use(startRefusing(status));
    const place = await pod.stage(locked(`${registry.address}@team/private/-/private-1.0.0.tgz`));
    const flag = await secret('.npmrc', `registry=${registry.address}`, 'fetch-retries=0');
    const { code, termination } = await pod.prepare('nodejs', place, { flags: [...BUN, flag] });
    expect(code).toBe(1);
    expect(termination).toContain(words);
    expect(existsSync(path.join(place.root, 'function'))).toBe(false);
  });

  it.each([401, 404, 503])('%s, of uv', async (status) => {
    const registry = await registries.use(startRefusing(status));
    const place = await pod.stage(hashed());
    const flag = await secret('pip.conf', '[global]', `index-url = ${registry.address}simple`);
    const { code, termination } = await pod.prepare('python', place, {
      flags: [...UV, flag],
      env: { PIP_INDEX_URL: '' },
    });
    expect(code).toBe(1);
    expect(termination).toContain('private-thing');
    expect(existsSync(path.join(place.root, 'function'))).toBe(false);
  });

  it('and other content than the lock has is not installed', async () => {
    const registry = await startPrivate(() => true);
    const other = integrityOf(Buffer.from('something else'));
    const place = await pod.stage(locked(`${registry.address}@team/private/-/private-1.0.0.tgz`, other));
    const flag = await secret('.npmrc', `registry=${registry.address}`);
    const { code, termination } = await pod.prepare('nodejs', place, { flags: [...BUN, flag] });
    expect(code).toBe(1);
    expect(termination).toContain('@team/private@1.0.0');
    expect(existsSync(path.join(place.root, 'function'))).toBe(false);
  });

  it('and a registry without an answer is given up', async () => {
    const registry = await registries.use(startSilent());
    const place = await pod.stage(hashed());
    const flag = await secret('pip.conf', '[global]', `index-url = ${registry.address}simple`);
    const flags = [...UV, flag, '--timeout=2'];
    const { code, termination } = await pod.prepare('python', place, { flags, env: { PIP_INDEX_URL: '' } });
    expect(code).toBe(1);
    expect(termination).toContain('uv did not finish within 2 s');
  });
});

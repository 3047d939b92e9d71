import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { folderOfNpm, NPM_VERSIONS } from '../../npm-versions.ts';
import { FastPod } from '../fast-install/fast-pod.ts';
import { bundlePodPrograms, Folders, listTree, type RunEnd, runInPod, writeTree } from '../pod-programs.ts';
import { type FakeRegistry, integrityOf, startRegistry } from './fake-registry.ts';

const folders = new Folders();
const TOKENS = { all: 'npm_t0kenOfTheMirror', team: 'npm_t0kenOfTheTeam' };
const archives = new Map<string, Buffer>();
/** Requests to anywhere but a registry of the Secret. */
const elsewhere: string[] = [];
const proxy = createServer((request, response) => {
  elsewhere.push(`${request.method ?? ''} ${request.url ?? ''}`);
  response.writeHead(502).end();
});
proxy.on('connect', ({ url }, socket) => {
  elsewhere.push(`CONNECT ${url ?? ''}`);
  socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
});
let proxyAddress = '';
let programs = '';
let pod: FastPod;
let mirror: FakeRegistry;
let team: FakeRegistry;

/** Two of the public registry, as far as a lock tells, of which one asks for the other; and one of a scope. */
const PACKAGES = { top: { inner: '1.0.0' }, inner: {}, '@team/own': { inner: '1.0.0' } } as const;
type Name = keyof typeof PACKAGES;

beforeAll(async () => {
  [pod, programs] = await Promise.all([FastPod.open(folders), bundlePodPrograms()]);
  folders.keep(programs);
  for (const [name, dependencies] of Object.entries(PACKAGES)) {
    const folder = await folders.open('package');
    await writeTree(folder, { 'package/package.json': JSON.stringify({ name, version: '1.0.0', dependencies }) });
    execFileSync('tar', ['-czf', 'p.tgz', 'package'], { cwd: folder });
    archives.set(name, await readFile(path.join(folder, 'p.tgz')));
  }
  // As mirrors are: below a path.
  mirror = await serve(TOKENS.all, ['top', 'inner'], 'repository/npm/');
  team = await serve(TOKENS.team, ['@team/own'], '');
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const bound = proxy.address();
  proxyAddress = `http://127.0.0.1:${typeof bound === 'object' ? (bound?.port ?? 0) : 0}`;
}, 120_000);
afterAll(async () => {
  await mirror.close();
  await team.close();
  proxy.closeAllConnections();
  proxy.close();
  await folders.removeAll();
});
beforeEach(() => {
  elsewhere.length = 0;
});

const fileOf = (name: string): string => `${name}/-/${name.split('/').at(-1) ?? ''}-1.0.0.tgz`;
const integrity = (name: string): string => integrityOf(archives.get(name) ?? Buffer.alloc(0));

async function serve(token: string, names: readonly Name[], below: string): Promise<FakeRegistry> {
  return await startRegistry((place, response, address, { authorization }) => {
    const asked = decodeURIComponent(place).slice(1);
    const name = names.find((known) => asked === below + known || asked === below + fileOf(known));
    if (authorization !== `Bearer ${token}`) response.writeHead(401).end('{}');
    else if (name === undefined) response.writeHead(404).end('{}');
    else if (asked.endsWith('.tgz')) response.end(archives.get(name));
    else {
      const dist = { tarball: `${address}${below}${fileOf(name)}`, integrity: integrity(name) };
      const version = { name, version: '1.0.0', dependencies: PACKAGES[name], dist };
      response.end(JSON.stringify({ name, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } }));
    }
  });
}

const SECRET = (): string => {
  const host = (registry: FakeRegistry): string => new URL(registry.address).host;
  return [
    `registry=${mirror.address}repository/npm/`,
    `//${host(mirror)}/repository/npm/:_authToken=${TOKENS.all}`,
    `@team:registry=${team.address}`,
    `//${host(team)}/:_authToken=${TOKENS.team}`,
    '',
  ].join('\n');
};

/** @param resolved what the lock has, of packages without and with the scope */
function lockOf(resolved: { readonly all?: string; readonly team?: string }): unknown {
  const entry = (name: Name, from: string | undefined): object => ({
    version: '1.0.0',
    ...(from !== undefined && { resolved: from + fileOf(name) }),
    integrity: integrity(name),
    dependencies: PACKAGES[name],
  });
  return {
    name: 'function',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { dependencies: { top: '1.0.0', '@team/own': '1.0.0' } },
      'node_modules/top': entry('top', resolved.all),
      'node_modules/inner': entry('inner', resolved.all),
      'node_modules/@team/own': entry('@team/own', resolved.team),
    },
  };
}

const PUBLIC = 'https://registry.npmjs.org/';
const LOCKS = {
  'no lock': () => undefined,
  'a lock of the public registry, and of the registry of the scope': () => lockOf({ all: PUBLIC, team: team.address }),
  'a lock without addresses': () => lockOf({}),
};

async function install(
  program: 'bun' | (typeof NPM_VERSIONS)[number],
  lock: unknown,
): Promise<RunEnd & { readonly files: readonly string[] }> {
  const secret = await folders.open('secret');
  await writeTree(secret, { '.npmrc': SECRET() });
  const files = {
    'handler.js': '',
    'package.json': { dependencies: { top: '1.0.0', '@team/own': '1.0.0' } },
    ...(lock !== undefined && { 'package-lock.json': lock }),
  };
  const place = await pod.stage(files);
  const registry = `--registry=${path.join(secret, '.npmrc')}`;
  const env = {
    HTTP_PROXY: proxyAddress,
    HTTPS_PROXY: proxyAddress,
    http_proxy: proxyAddress,
    https_proxy: proxyAddress,
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    npm_config_registry: '',
  };
  let end: RunEnd;
  if (program === 'bun') {
    end = await pod.prepare('nodejs', place, { flags: ['--fast=bun', '--version=22', '--asked', registry], env });
  } else {
    const staging = path.join(place.root, 'staging');
    execFileSync('cp', ['-r', place.source, staging]);
    execFileSync('chmod', ['-R', 'a+rwX', place.root]);
    end = await runInPod({
      command: process.execPath,
      args: [path.join(programs, 'nodejs/install.mjs'), `--root=${place.root}`, '--timeout=60', registry],
      env: { ...env, PATH: `${folderOfNpm(program)}:${process.env.PATH ?? ''}` },
    });
  }
  return { ...end, files: await listTree(path.join(place.root, 'function')).catch(() => []) };
}

describe.each(['bun', ...NPM_VERSIONS] as const)('%s asks the registries of the Secret and nobody else', (program) => {
  it.each(Object.entries(LOCKS))('with %s', async (_title, lock) => {
    const { code, output, files } = await install(program, lock());
    expect(elsewhere).toEqual([]);
    expect(code, output).toBe(0);
    for (const name of Object.keys(PACKAGES)) expect(files).toContain(`node_modules/${name}/package.json`);
    for (const token of Object.values(TOKENS)) expect(output).not.toContain(token);
  });
});

/**
 * `proxy` of the configuration, from the injection to the programs of the init containers and of the resolver. No DNS has the
 * hosts, so whatever arrives came through the proxy.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../src/certificates/authority.ts';
import { DEFAULT_CONFIGURATION } from '../../../src/config/defaults.ts';
import { PROXY_VARIABLES, proxyVariables, type ProxySettings } from '../../../src/installers/proxies.ts';
import { createResolverClient } from '../../../src/resolve/client.ts';
import { injectPod } from '../../../src/admission/mutate.ts';
import { indexResources } from '../../../src/manifests/resources.ts';
import { environmentOf } from '../../../src/run/environment.ts';
import { replica, sourceOf, contextWith } from '../../admission/review-of.ts';
import { nodejs, python, resolved, startResolver, untilStopped } from '../../resolve/running-resolver.ts';
import { FastPod } from '../fast-install/fast-pod.ts';
import { type GitServer, Repository, startGitServer } from '../git/git-server.ts';
import { bundlePodPrograms, Folders, listTree, PREPARE, type RunEnd, runInPod, writeTree } from '../pod-programs.ts';
import { integrityOf, startNpmRegistry } from './fake-registry.ts';
import { type ForwardProxy, startForwardProxy, startTls } from './forward-proxy.ts';
import { makeWheel, sha256Of, startIndex } from './python-index.ts';

const HOSTS = { npm: 'npm.buildless.test', pypi: 'pypi.buildless.test', git: 'git.buildless.test' } as const;
const folders = new Folders();
const closing: (() => unknown)[] = [];
let proxy: ForwardProxy;
/** Asks for a password, in which each sign has a meaning elsewhere. */
let guarded: ForwardProxy;
let pod: FastPod;
let programs = '';
let authority = '';
let git: GitServer;
let commit = '';
let archive: Buffer;
let wheelHash = '';
let environment: Readonly<Record<string, string>> = {};

const PASSWORD = 'p@ss/w:rd$(HOME)%';
const SECRET = 'buildless-proxy';

const portOf = (address: string): number => Number(new URL(address).port);

beforeAll(async () => {
  [pod, programs] = await Promise.all([FastPod.open(folders), bundlePodPrograms()]);
  folders.keep(programs);
  const folder = await folders.open('made');
  await writeTree(folder, { 'package/package.json': '{"name":"left","version":"1.0.0"}' });
  execFileSync('tar', ['-czf', 'p.tgz', 'package'], { cwd: folder });
  archive = await readFile(path.join(folder, 'p.tgz'));
  const wheel = await makeWheel(folder, 'right', '1.0');
  wheelHash = sha256Of(wheel);
  const packages = [{ name: 'left', version: '1.0.0', archive, hasInstallScript: false }];
  const [npm, npmOverHttp, index] = await Promise.all([
    startNpmRegistry(packages, undefined, `https://${HOSTS.npm}/`),
    startNpmRegistry(packages, undefined, `http://${HOSTS.npm}/`),
    startIndex([wheel]),
  ]);
  const own = await createAuthority({ commonName: 'Registries of a test', seconds: 86_400 });
  const leaf = await own.issue({ hosts: [HOSTS.npm, HOSTS.pypi], seconds: 86_400 });
  const [npmTls, indexTls] = await Promise.all([
    startTls(portOf(npm.address), leaf),
    startTls(portOf(index.address), leaf),
  ]);
  authority = path.join(folder, 'authority.pem');
  await writeFile(authority, own.cert);
  const repositories = await folders.open('repositories');
  const repository = new Repository(repositories, 'orders');
  commit = await repository.commit({ 'handler.js': 'exports.main = () => 1;\n' });
  git = await startGitServer(repositories, { names: [HOSTS.git] });
  const ports = {
    [`${HOSTS.npm}:443`]: npmTls.port,
    [`${HOSTS.npm}:80`]: portOf(npmOverHttp.address),
    [`${HOSTS.pypi}:443`]: indexTls.port,
    [`${HOSTS.pypi}:80`]: portOf(index.address),
    [`${HOSTS.git}:443`]: portOf(git.origin),
  };
  [proxy, guarded] = await Promise.all([startForwardProxy(ports), startForwardProxy(ports, `someone:${PASSWORD}`)]);
  closing.push(npm.close, npmOverHttp.close, index.close, npmTls.close, indexTls.close, git.close);
  closing.push(proxy.close, guarded.close);
  environment = await environmentWith(settings());
}, 120_000);
afterAll(async () => {
  for (const close of closing) await close();
  await folders.removeAll();
});
beforeEach(() => {
  proxy.requests.length = 0;
  guarded.requests.length = 0;
});

const settings = (): ProxySettings => ({
  httpProxy: proxy.address,
  httpsProxy: proxy.address,
  noProxy: ['registry.internal', '.svc'],
});

const fromSecret = (): ProxySettings => ({ secret: SECRET, noProxy: ['registry.internal', '.svc'] });

/** The variables of buildless-prepare, as the kubelet makes them of the container and of the Secret. */
async function environmentWith(
  settings: ProxySettings,
  address = guarded.address,
): Promise<Readonly<Record<string, string>>> {
  const [prepare] = (await injectedInitContainers(settings)).init;
  if (prepare === undefined) throw new Error('not injected');
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: SECRET, namespace: 'default' },
    stringData: { proxy: address },
  };
  const pod: V1Pod = { ...replica, metadata: { ...replica.metadata, namespace: 'default' } };
  const { values, unknown } = environmentOf(prepare, pod, indexResources([{ object: secret }]));
  expect(unknown).toEqual([]);
  return { ...Object.fromEntries(values), ...TRUST() };
}

/** A Function whose author has a proxy of their own. */
async function injectedInitContainers(
  proxies: ProxySettings,
): Promise<{ readonly init: readonly V1Container[]; readonly own: V1Container }> {
  const source = sourceOf({ 'handler.js': '', 'package.json': '{"dependencies":{"ms":"2.1.3"}}' });
  const configuration = { ...DEFAULT_CONFIGURATION, proxy: proxies };
  const container = { name: 'function', image: 'auto', env: [{ name: 'HTTPS_PROXY', value: 'http://author:1' }] };
  const pod: V1Pod = { ...replica, spec: { containers: [container] } };
  const injection = await injectPod(pod, 'default', contextWith({ source, configuration }));
  const { initContainers = [], containers = [] } = injection.outcome === 'injected' ? (injection.pod.spec ?? {}) : {};
  const [own] = containers;
  if (own === undefined) throw new Error(JSON.stringify(injection));
  return { init: initContainers, own };
}

const valuesOf = ({ env = [] }: V1Container): Record<string, string> =>
  Object.fromEntries(env.map(({ name, value = '' }) => [name, value]));

it('gives both init containers the proxies of the configuration, and not those of the author', async () => {
  const { init, own } = await injectedInitContainers(settings());
  expect(init.map(({ name }) => name)).toEqual(['buildless-prepare', 'buildless-install']);
  const noProxy = 'registry.internal,.svc';
  for (const container of init) {
    expect(valuesOf(container)).toEqual({
      HOME: '/tmp',
      HTTP_PROXY: proxy.address,
      HTTPS_PROXY: proxy.address,
      NO_PROXY: noProxy,
      http_proxy: proxy.address,
      https_proxy: proxy.address,
      no_proxy: noProxy,
    });
  }
  expect(own.env?.filter(({ name }) => /proxy/i.test(name))).toEqual([
    { name: 'HTTPS_PROXY', value: 'http://author:1' },
  ]);
});

it('names the Secret that has the password, and nothing of it, in the Pod', async () => {
  const { init } = await injectedInitContainers(fromSecret());
  const address = { secretKeyRef: { name: SECRET, key: 'proxy' } };
  for (const { env = [] } of init) {
    expect(env).toEqual([
      { name: 'HOME', value: '/tmp' },
      ...['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'].map((name) => ({ name, valueFrom: address })),
      { name: 'NO_PROXY', value: 'registry.internal,.svc' },
      { name: 'no_proxy', value: 'registry.internal,.svc' },
    ]);
  }
});

/** The registries' own authority, for each program. */
const TRUST = (): Readonly<Record<string, string>> => ({
  NODE_EXTRA_CA_CERTS: authority,
  npm_config_cafile: authority,
  SSL_CERT_FILE: authority,
  PIP_CERT: authority,
  GIT_SSL_CAINFO: git.authority,
  npm_config_registry: '',
  PIP_INDEX_URL: '',
});

interface Row {
  readonly program: 'npm' | 'bun' | 'pip' | 'uv';
  readonly files: (origin: string) => Readonly<Record<string, unknown>>;
  readonly secret: (origin: string) => Readonly<Record<string, string>>;
  readonly host: string;
  readonly installed: string;
}

const NPM = {
  host: HOSTS.npm,
  files: (origin: string) => ({
    'handler.js': '',
    'package.json': { dependencies: { left: '1.0.0' } },
    'package-lock.json': {
      name: 'f',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { dependencies: { left: '1.0.0' } },
        'node_modules/left': {
          version: '1.0.0',
          resolved: `${origin}/left/-/left-1.0.0.tgz`,
          integrity: integrityOf(archive),
        },
      },
    },
  }),
  secret: (origin: string) => ({ '.npmrc': `registry=${origin}/\n` }),
  installed: 'node_modules/left/package.json',
};
const PYTHON = {
  host: HOSTS.pypi,
  files: () => ({ 'handler.py': '', 'requirements.txt': `right==1.0 --hash=sha256:${wheelHash}\n` }),
  secret: (origin: string) => ({
    'pip.conf': `[global]\nindex-url = ${origin}/simple\ntrusted-host = ${HOSTS.pypi}\n`,
  }),
  installed: 'right.py',
};
const ROWS: readonly Row[] = [
  { program: 'npm', ...NPM },
  { program: 'bun', ...NPM },
  { program: 'pip', ...PYTHON },
  { program: 'uv', ...PYTHON },
];

async function install(
  { program, files, secret }: Row,
  origin: string,
  env = environment,
): Promise<RunEnd & { readonly found: string[] }> {
  const language = program === 'npm' || program === 'bun' ? 'nodejs' : 'python';
  const mounted = await folders.open('secret');
  await writeTree(mounted, secret(origin));
  const place = await pod.stage(files(origin));
  const registry = `--registry=${path.join(mounted, language === 'nodejs' ? '.npmrc' : 'pip.conf')}`;
  let end: RunEnd;
  if (program === 'bun' || program === 'uv') {
    const version = program === 'bun' ? '22' : '3.12';
    end = await pod.prepare(language, place, {
      flags: [`--fast=${program}`, `--version=${version}`, '--asked', registry],
      env,
    });
  } else {
    const prepared = await pod.prepare(language, place, { flags: ['--install'], env });
    expect(prepared.code, prepared.output).toBe(0);
    const [command, file] =
      program === 'npm'
        ? [process.execPath, path.join(programs, 'nodejs/install.mjs')]
        : ['python3', path.join(programs, 'python/install.py')];
    end = await runInPod({ command, args: [file, `--root=${place.root}`, '--timeout=60', registry], env });
  }
  const found = await listTree(path.join(place.root, 'function')).catch(() => []);
  return { ...end, found };
}

describe.each(ROWS)('$program reaches the registry through the proxy of the configuration', (row) => {
  it('over https, by CONNECT', async () => {
    const { code, output, found } = await install(row, `https://${row.host}`);
    expect(code, output).toBe(0);
    expect(found.some((file) => file.endsWith(row.installed))).toBe(true);
    expect(proxy.requests.length).toBeGreaterThan(0);
    expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT ${row.host}:443`]));
  });

  it('over http', async () => {
    const { code, output, found } = await install(row, `http://${row.host}`);
    expect(code, output).toBe(0);
    expect(found.some((file) => file.endsWith(row.installed))).toBe(true);
    expect(proxy.requests.length).toBeGreaterThan(0);
    for (const request of proxy.requests) expect(request).toContain(row.host);
  });

  it('with the password of a Secret', async () => {
    const { code, output, found } = await install(row, `https://${row.host}`, await environmentWith(fromSecret()));
    expect(code, output).toBe(0);
    expect(found.some((file) => file.endsWith(row.installed))).toBe(true);
    expect(new Set(guarded.requests)).toEqual(new Set([`CONNECT ${row.host}:443`]));
    expect(proxy.requests).toEqual([]);
  });

  it('and fails without showing the password if the proxy does not know it', async () => {
    const wrong = guarded.address.replace('someone', 'nobody');
    const env = { ...(await environmentWith(fromSecret(), wrong)), npm_config_fetch_retries: '0', PIP_RETRIES: '0' };
    const { code, output } = await install(row, `https://${row.host}`, env);
    expect(code).not.toBe(0);
    expect(output).toMatch(/407|proxy/i);
    for (const form of [PASSWORD, encodeURIComponent(PASSWORD), new URL(wrong).password]) {
      expect(output).not.toContain(form);
    }
  });
});

/** Installs by bun, which does not reach the registry, nor the proxy. */
async function reachesNothing(other: Readonly<Record<string, string>>): Promise<void> {
  const bun = ROWS.find(({ program }) => program === 'bun');
  if (bun === undefined) throw new Error('no row');
  expect((await install(bun, `https://${bun.host}`, other)).code).not.toBe(0);
  expect(proxy.requests).toEqual([]);
}

it('a program that reaches nothing without the proxy shows that none went around it', () => reachesNothing(TRUST()));

it('hosts of noProxy are reached directly', () =>
  reachesNothing({ ...environment, NO_PROXY: HOSTS.npm, no_proxy: HOSTS.npm }));

it.each(['without a password', 'with the password of a Secret'])('Git fetches a source through it, %s', async (how) => {
  const [through, env] =
    how === 'without a password' ? [proxy, environment] : [guarded, await environmentWith(fromSecret())];
  const root = await folders.open('root');
  const { code, output } = await runInPod({
    command: PREPARE.command,
    args: [
      ...[...PREPARE.options, path.join(programs, 'prepare.mjs')],
      ...[`--source=git+https://${HOSTS.git}/orders.git`, '--language=nodejs', '--level=no-latest'],
      ...[`--root=${root}`, '--from=/nowhere'],
    ],
    env,
  });
  expect(code, output).toBe(0);
  expect(output).toContain(`commit ${commit}`);
  expect(new Set(through.requests)).toEqual(new Set([`CONNECT ${HOSTS.git}:443`]));
});

describe("the controller's resolver", () => {
  const all = (value: string): Readonly<Record<string, string>> =>
    Object.fromEntries(PROXY_VARIABLES.map((name) => [name, /^no/i.test(name) ? '' : value]));

  it.each([
    ['although its own container has no proxy', () => [proxy, all(''), settings()] as const],
    ['with the password that its own container has', () => [guarded, all(guarded.address), fromSecret()] as const],
  ])('asks npm, PyPI and Git through it, %s', async (_, chosen) => {
    const [through, own, configured] = chosen();
    const resolver = await startResolver({ ...own, ...TRUST() });
    const client = createResolverClient(resolver.socket, () => proxyVariables(configured));
    try {
      const npm = nodejs({ 'package.json': '{"dependencies":{"left":"1.0.0"}}' }, [`https://${HOSTS.npm}/`]);
      const locked = await client.lock(
        { name: 'a', inputs: npm, registrySettings: `registry=https://${HOSTS.npm}/\n` },
        untilStopped(),
      );
      expect(resolved(locked).text).toContain('left-1.0.0.tgz');
      const pip = python('right==1.0\n', [`https://${HOSTS.pypi}/simple`]);
      const conf = `[global]\nindex-url = https://${HOSTS.pypi}/simple\n`;
      const pinned = await client.lock({ name: 'b', inputs: pip, registrySettings: conf }, untilStopped());
      expect(resolved(pinned).text).toContain(wheelHash);
      const source = { type: 'git', url: `https://${HOSTS.git}/orders.git` } as const;
      expect(resolved(await client.commit({ source }, untilStopped()))).toEqual({ commit });
      expect([...(await client.files({ source, commit }, untilStopped()).then(resolved)).files.keys()]).toEqual([
        'handler.js',
      ]);
      expect(new Set(through.requests)).toEqual(new Set(Object.values(HOSTS).map((host) => `CONNECT ${host}:443`)));
    } finally {
      await resolver.close();
    }
  });
});

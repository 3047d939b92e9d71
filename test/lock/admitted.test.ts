import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildless, type Finished } from '../cli/command.ts';
import { type FakeRegistry, type NpmPackage, startNpmRegistry } from '../pod/install/fake-registry.ts';

let folder: string;
let registry: FakeRegistry;
const packages: NpmPackage[] = [];
const publish = (name: string, version: string, more: Partial<NpmPackage> = {}): void => {
  packages.push({ name, version, archive: Buffer.from(`${name}@${version}`), license: 'MIT', ...more });
};
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

const write = async (name: string, text: string): Promise<void> => {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), text);
};
/** @param rules lines of `dependencies` */
const config = (...rules: readonly string[]): Promise<void> =>
  write('config.yaml', ['dependencies:', `registries: { nodejs: ["${registry.address}"] }`, ...rules].join('\n  '));
const source = async (asked: Readonly<Record<string, string>>): Promise<void> => {
  await write('shop/handler.js', 'exports.main = () => 1;');
  await write('shop/.npmrc', `registry=${registry.address}\n`);
  await write('shop/package.json', JSON.stringify({ dependencies: asked }));
};
const run = (...args: readonly string[]): Promise<Finished> =>
  buildless(args, '', folder, { ...process.env, npm_config_registry: registry.address, npm_config_fetch_retries: '0' });
const lock = (...args: readonly string[]): Promise<Finished> =>
  run('lock', '-f', 'shop', '--write', '--config', 'config.yaml', ...args);
const locked = (): Promise<string> => readFile(path.join(folder, 'shop/package-lock.json'), 'utf8');

const REFUSED = 'error: shop: the cluster would refuse versions of the lock, so it is not written';

beforeEach(async () => {
  packages.length = 0;
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-admitted-'));
  registry = await startNpmRegistry(packages);
});
afterEach(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

/** What both commands say of the same rule. */
interface Row {
  readonly rules: readonly string[];
  readonly options?: readonly string[];
  readonly code: string;
  readonly says: string;
}

const ROWS: Readonly<Record<string, Row>> = {
  'a version that the configuration denies': {
    rules: ['denied: { nodejs: [{ name: right, versions: 1.0.0, reason: steals tokens }] }'],
    code: 'dependency-denied',
    says: '"right" 1.0.0 is denied in this cluster (steals tokens); it comes with package.json > left@1.0.0 > right@1.0.0',
  },
  'a version that a list of --denied has': {
    rules: ['enforce: no-latest'],
    options: ['--denied', 'denied'],
    code: 'dependency-denied',
    says: '"right" 1.0.0 is denied in this cluster (MAL-2026-1: steals)',
  },
  'a licence that is refused': {
    rules: ["licences: { refused: ['GPL-3.0-only'] }"],
    code: 'licence-refused',
    says: 'GPL-3.0-only',
  },
  'a version that is too young': {
    rules: ['minimumReleaseAge: 7d'],
    code: 'release-too-young',
    says: 'right 1.0.0 was published at',
  },
};

describe('a lock that validate --online would refuse is not written, with the same finding', () => {
  it.each(Object.entries(ROWS))('%s', async (_, { rules, options = [], code, says }) => {
    publish('left', '1.0.0', { dependencies: { right: '1.0.0' }, published: daysAgo(30) });
    publish('right', '1.0.0', { license: 'GPL-3.0-only', published: daysAgo(1) });
    await source({ left: '1.0.0' });
    await config(...rules);
    await write(
      'denied/right.json',
      JSON.stringify({
        id: 'MAL-2026-1',
        summary: 'steals',
        affected: [{ package: { ecosystem: 'npm', name: 'right' }, versions: ['1.0.0'] }],
      }),
    );
    const { status, stderr } = await lock(...options);
    expect(status).toBe(1);
    expect(stderr).toContain(REFUSED);
    expect(stderr).toContain(says);
    await expect(locked()).rejects.toThrow('ENOENT');
    const validated = await run(
      'validate',
      '-f',
      'shop',
      '--online',
      '--config',
      'config.yaml',
      ...options,
      '-o',
      'json',
    );
    const { findings } = JSON.parse(validated.stdout) as {
      readonly findings: readonly { readonly code: string; readonly problem: string; readonly fix: string }[];
    };
    const found = findings.find((finding) => finding.code === code);
    expect(stderr).toContain(found?.problem ?? 'no such finding');
    expect(stderr).toContain(`${found?.fix ?? ''} [${code}]`);
  });
});

describe('lock with the configuration of a cluster', () => {
  it('writes a lock that passes every rule, and notes what would only be a warning', async () => {
    publish('left', '1.0.0', { published: daysAgo(30) });
    publish('bare', '1.0.0', { published: daysAgo(30), license: undefined });
    await source({ left: '1.0.0', bare: '1.0.0' });
    await config(
      'minimumReleaseAge: 7d',
      'licences: { allowed: [MIT], unknown: warn }',
      'denied: { nodejs: [{ name: left, versions: 1.0.1, reason: steals }] }',
    );
    const { status, stderr } = await lock();
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/bare.*\[licence-unknown\]/);
    expect(await locked()).toContain('"left"');
  });

  it('keeps the lock that is there if a refresh would bring a denied version', async () => {
    publish('left', '1.0.0');
    await source({ left: '^1.0.0' });
    await config('denied: { nodejs: [{ name: left, versions: 1.1.0, reason: steals }] }');
    expect((await lock()).status).toBe(0);
    const before = await locked();
    publish('left', '1.1.0');
    const { status, stderr } = await lock('--refresh');
    expect(status).toBe(1);
    expect(stderr).toContain('"left" 1.1.0 is denied in this cluster (steals)');
    expect(await locked()).toBe(before);
  });

  it('lets an exception of the Function of a manifest pass, and no other Function', async () => {
    publish('left', '1.0.0', { license: 'GPL-3.0-only' });
    await config(
      "licences: { refused: ['GPL-3.0-only'] }",
      'exceptions: [{ namespace: web, function: shop, package: left, code: licence-refused, reason: bought, until: 2999-01-01 }]',
    );
    const data = {
      'handler.js': 'exports.main = () => 1;',
      'package.json': JSON.stringify({ dependencies: { left: '1.0.0' } }),
    };
    const labels = (name: string): object => ({ 'buildless.dev/function': name });
    const configMap = (name: string): string =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'web', labels: labels(name) },
        data,
      });
    await write('shop.json', configMap('shop'));
    await write('other.json', configMap('other'));
    const options = ['--runtime', 'nodejs22', '--config', 'config.yaml', '-o', 'lock'];
    const excepted = await run('lock', '-f', 'shop.json', ...options);
    expect(excepted.status, excepted.stderr).toBe(0);
    const other = await run('lock', '-f', 'other.json', ...options);
    expect(other.status).toBe(1);
    expect(other.stderr).toContain('[licence-refused]');
  });

  it('follows the label of a Namespace in the input', async () => {
    publish('left', '1.0.0', { published: daysAgo(8) });
    await config('minimumReleaseAge: 7d');
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web', labels: { 'buildless.dev/minimum-release-age': '30d' } } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop', namespace: 'web', labels: { 'buildless.dev/function': 'shop' } }, data: { 'package.json': '{ "dependencies": { "left": "1.0.0" } }' } },
    ]; // prettier-ignore
    await write('deploy.yaml', objects.map((object) => JSON.stringify(object)).join('\n---\n'));
    const { status, stderr } = await run(
      'lock',
      '-f',
      'deploy.yaml',
      '--runtime',
      'nodejs22',
      '--config',
      'config.yaml',
    );
    expect(status).toBe(1);
    expect(stderr).toContain('has to be 30d old');
  });

  it('asks no registry for licences with locks of authors, as their cluster does not either', async () => {
    publish('left', '1.0.0', { license: 'GPL-3.0-only' });
    await source({ left: '1.0.0' });
    await config("licences: { refused: ['AGPL-3.0-only'], unknown: allow }");
    await writeFile(path.join(folder, 'config.yaml'), '\nrevisions: { locks: author }\n', { flag: 'a' });
    const { status, stderr } = await lock();
    expect(status, stderr).toBe(0);
  });

  it('writes nothing if a list of denied versions cannot be read', async () => {
    publish('left', '1.0.0');
    await source({ left: '1.0.0' });
    await config('enforce: no-latest');
    const { status, stderr } = await lock('--denied', 'nowhere');
    expect(status).toBe(2);
    expect(stderr).toContain('nowhere');
    await expect(locked()).rejects.toThrow('ENOENT');
  });
});

it.each([
  ['the configuration', ['left'], []],
  ['a list of --denied', ['other'], ['--denied', 'denied.yaml', 'left']],
])('update does not write a lock that %s refuses either', async (_, [configured], options) => {
  const denying = (name = ''): string => `denied: { nodejs: [{ name: ${name}, versions: 1.1.0, reason: steals }] }`;
  publish('left', '1.0.0');
  await source({ left: '1.0.0' });
  await config(denying(configured));
  await write('denied.yaml', `dependencies: { ${denying('left')} }`);
  expect((await lock()).status).toBe(0);
  const before = await locked();
  publish('left', '1.1.0');
  const { status, stderr } = await run('update', '-f', 'shop', '--write', '--config', 'config.yaml', ...options);
  expect(status).toBe(1);
  expect(stderr).toContain('"left" 1.1.0 is denied in this cluster (steals)');
  expect(await locked()).toBe(before);
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Log } from 'sarif';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type FakeRegistry,
  integrityOf,
  type NpmPackage,
  startNpmRegistry,
  startRefusing,
} from '../pod/install/fake-registry.ts';
import { type DistributionFile, makeWheel, sha256Of, startIndex } from '../pod/install/python-index.ts';
import { buildless, type Finished } from './command.ts';

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
const packages: NpmPackage[] = [];
const wheels: DistributionFile[] = [];
let registry: FakeRegistry;
let index: FakeRegistry;
let folder: string;
/** The registry of the person or job that calls. */
let asked: string;

beforeAll(async () => {
  registry = await startNpmRegistry(packages);
  index = await startIndex(wheels);
});
afterAll(async () => {
  await registry.close();
  await index.close();
});
beforeEach(async () => {
  packages.length = 0;
  asked = registry.address;
  wheels.length = 0;
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-online-'));
  await config('minimumReleaseAge: 7d');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const archiveOf = (name: string, version: string): Buffer => Buffer.from(`${name}@${version}`);
function publish(name: string, version: string, days: number, dependencies: Record<string, string> = {}): void {
  packages.push({ name, version, dependencies, archive: archiveOf(name, version), published: daysAgo(days) });
}
async function write(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), text);
}
const config = (rules: string): Promise<void> =>
  write(
    'config.yaml',
    `dependencies:\n  registries: { nodejs: ["${registry.address}"], python: ["${index.address}simple"] }\n  ${rules}\n`,
  );

/** The source `shop`, which asks for `left`. */
async function source(asked: string): Promise<void> {
  await write('shop/handler.js', 'exports.main = () => 1;');
  await write('shop/package.json', JSON.stringify({ dependencies: { left: asked } }, null, 2));
}
const lockOf = (version: string, integrity = integrityOf(archiveOf('left', version))): string =>
  JSON.stringify(
    {
      name: 'shop',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { dependencies: { left: version } },
        'node_modules/left': { version, resolved: `${registry.address}left/-/left-${version}.tgz`, integrity },
      },
    },
    null,
    2,
  );

const CONFIGURED = ['--config', 'config.yaml'];
/** In the folder, so that messages have no path of this machine; a registry that is away is asked once. */
const validate = (...args: readonly string[]): Promise<Finished> =>
  buildless(['validate', ...args], '', folder, {
    ...process.env,
    npm_config_registry: asked,
    npm_config_fetch_retries: '0',
    PIP_INDEX_URL: `${index.address}simple`,
  });
const online = (...args: readonly string[]): Promise<Finished> =>
  validate('-f', 'shop', '--online', ...CONFIGURED, ...args);

interface Reported {
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly file: string;
    readonly line?: number;
    readonly problem: string;
    readonly object?: string;
  }[];
}
const placesIn = ({ stdout, stderr }: Finished): readonly string[] => {
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as Reported).findings
    .filter(({ severity }) => severity === 'error')
    .map(({ code, file, line }) => `${code} ${file}${line === undefined ? '' : `:${line}`}`);
};

describe('validate --online', () => {
  it("finds a version of the author's lock that is too young, with its line, in every format", async () => {
    publish('left', '1.0.0', 1);
    await source('1.0.0');
    await write('shop/package-lock.json', lockOf('1.0.0'));
    const text = await online();
    expect(text.status, text.stderr).toBe(1);
    expect(text.stdout).toMatch(
      /^shop\/package-lock\.json:11:5: error: left 1\.0\.0 was published at .* and has to be 7d old \[release-too-young\]\n {4}wait until/,
    );
    expect(placesIn(await online('-o', 'json'))).toEqual(['release-too-young shop/package-lock.json:11']);
    const sarif = JSON.parse((await online('-o', 'sarif')).stdout) as Log;
    expect(sarif.runs[0]?.results?.[0]).toMatchObject({
      ruleId: 'release-too-young',
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'shop/package-lock.json' }, region: { startLine: 11 } } },
      ],
    });
    const gitlab: unknown = JSON.parse((await online('-o', 'gitlab')).stdout);
    expect(gitlab).toMatchObject([
      { check_name: 'release-too-young', location: { path: 'shop/package-lock.json', lines: { begin: 11 } } },
    ]);
  });

  it('believes the registry, not the lock, about a licence, and tells each once', async () => {
    await config("licences: { refused: ['GPL-3.0-only'] }");
    packages.push({ name: 'left', version: '1.0.0', archive: archiveOf('left', '1.0.0'), license: 'GPL-3.0-only' });
    await source('1.0.0');
    const lockWith = (license: string): string =>
      lockOf('1.0.0').replace('"integrity"', `"license": "${license}",\n      "integrity"`);
    await write('shop/package-lock.json', lockWith('MIT'));
    expect((await validate('-f', 'shop', ...CONFIGURED)).status).toBe(0);
    expect(placesIn(await online('-o', 'json'))).toEqual(['licence-refused shop/package-lock.json:11']);
    await write('shop/package-lock.json', lockWith('GPL-3.0-only'));
    expect(placesIn(await online('-o', 'json'))).toHaveLength(1);
    await rm(path.join(folder, 'shop/package-lock.json'));
    expect(placesIn(await online('-o', 'json'))).toEqual(['licence-refused shop/package.json']);
  });

  it('passes a lock whose versions are old enough, and asks nobody without --online', async () => {
    publish('left', '1.0.0', 8);
    await source('1.0.0');
    await write('shop/package-lock.json', lockOf('1.0.0'));
    const { status, stderr } = await online();
    expect(status, stderr).toBe(0);
    const before = registry.requests.length;
    expect(before).toBeGreaterThan(0);
    await validate('-f', 'shop', ...CONFIGURED);
    expect(registry.requests).toHaveLength(before);
  });

  it('refuses a version of which the registry has other content', async () => {
    publish('left', '1.0.0', 8);
    await source('1.0.0');
    await write('shop/package-lock.json', lockOf('1.0.0', integrityOf(Buffer.from('forged'))));
    expect(placesIn(await online('-o', 'json'))).toEqual(['release-changed shop/package-lock.json:11']);
  });

  it('resolves a source without a lock as the controller does: a range passes if an older version is left', async () => {
    publish('left', '1.0.0', 8);
    publish('left', '1.1.0', 1);
    await source('^1.0.0');
    const { status, stderr } = await online();
    expect(status, stderr).toBe(0);
    await source('1.1.0');
    expect(placesIn(await online('-o', 'json'))).toEqual(['release-too-young shop/package.json']);
  });

  it('has an error of its own if the registry is down, so that nothing passes unseen', async () => {
    const away = await startRefusing(503);
    asked = away.address;
    await source('1.0.0');
    const unresolved = await online('-o', 'json');
    await write('shop/package-lock.json', lockOf('1.0.0'));
    const unasked = await online('-o', 'json');
    await away.close();
    expect(placesIn(unresolved)).toEqual(['registry-unavailable shop/package.json']);
    expect(placesIn(unasked)).toEqual(['registry-unavailable shop/package-lock.json']);
    expect(unasked.stdout).toContain('status 503');
    expect(unasked.status).toBe(1);
  });

  it('says why if no lock can be resolved', async () => {
    await source('1.0.0');
    expect(placesIn(await online('-o', 'json'))).toEqual(['lock-not-resolved shop/package.json']);
  });

  it('finds a denied version that only the resolved lock has', async () => {
    publish('left', '1.0.0', 8, { right: '1.0.0' });
    publish('right', '1.0.0', 8);
    await source('1.0.0');
    await write('denied/right.yaml', 'dependencies: { denied: { nodejs: [{ name: right, reason: steals }] } }');
    const found = await online('--denied', 'denied', '-o', 'json');
    expect(placesIn(found)).toEqual(['dependency-denied shop/package.json']);
    expect(found.stdout).toContain('left@1.0.0 > right@1.0.0');
  });

  it('reports a source of manifests once, in the manifest, and follows the label of its Namespace', async () => {
    publish('left', '1.0.0', 8);
    const dependencies = JSON.stringify({ dependencies: { left: '1.0.0' } });
    const data = { 'handler.js': 'exports.main = () => 1;', 'package.json': dependencies };
    const labels = { 'buildless.dev/function': 'shop' };
    const template = {
      metadata: { labels, annotations: { 'buildless.dev/runtime': 'nodejs22' } },
      spec: { containers: [{ name: 'function', image: 'auto' }] },
    };
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web', labels: { 'buildless.dev/minimum-release-age': '30d' } } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop', namespace: 'web', labels }, data: { ...data, 'package-lock.json': lockOf('1.0.0') } },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'shop', namespace: 'web' }, spec: { template } },
    ]; // prettier-ignore
    await write('deploy.yaml', objects.map((object) => JSON.stringify(object, null, 2)).join('\n---\n'));
    const found = await validate('-f', 'deploy.yaml', '--online', ...CONFIGURED, '-o', 'json');
    expect(placesIn(found)).toEqual([expect.stringMatching(/^release-too-young deploy\.yaml:\d+$/)]);
    expect(found.stdout).toContain('has to be 30d old');
    const { findings } = JSON.parse(found.stdout) as Reported;
    expect(findings.map(({ object }) => object)).toContain('ConfigMap shop');
  });

  it('warns of a Function whose files are in Git', async () => {
    const annotations = {
      'buildless.dev/runtime': 'nodejs22',
      'buildless.dev/source': 'git+https://git.example/shop.git?ref=0123456789abcdef0123456789abcdef01234567',
    };
    const metadata = { name: 'shop', labels: { 'buildless.dev/function': 'shop' }, annotations };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: { containers: [{ name: 'function', image: 'auto' }] },
    };
    await write('pod.json', JSON.stringify(pod));
    const { status, stdout } = await validate('-f', 'pod.json', '--online', ...CONFIGURED);
    expect(status).toBe(0);
    expect(stdout).toContain(
      'its files are not in the input, so its versions were not compared [release-age-unchecked]',
    );
  });

  it('reports that no registry was asked if no rule needs one', async () => {
    await source('1.0.0');
    await write('shop/package-lock.json', lockOf('1.0.0'));
    await config('');
    const { status, stderr } = await online();
    expect(status).toBe(0);
    expect(stderr).toContain('--online: no rule needs the registries');
  });

  it('knows the line of a Python package in pylock.toml', async () => {
    const wheel = await makeWheel(folder, 'left', '1.0.0', {});
    wheels.push({ ...wheel, uploaded: daysAgo(1) });
    await write('shop/handler.py', 'def main(event, context): return 1');
    await write('shop/requirements.txt', 'left==1.0.0\n');
    await write(
      'shop/pylock.toml',
      `lock-version = "1.0"\ncreated-by = "test"\n\n[[packages]]\nname = "left"\nversion = "1.0.0"\nindex = "${index.address}simple"\n\n[[packages.wheels]]\nurl = "${index.address}files/${wheel.file}"\nhashes = { sha256 = "${sha256Of(wheel)}" }\n`,
    );
    expect(placesIn(await online('-o', 'json'))).toEqual(['release-too-young shop/pylock.toml:5']);
  });
});

describe('validate --denied', () => {
  it('compares with the lists of folders and files, without any registry', async () => {
    await source('1.0.0');
    await write('shop/package-lock.json', lockOf('1.0.0'));
    const report = {
      id: 'MAL-2026-1',
      summary: 'steals credentials',
      affected: [{ package: { ecosystem: 'npm', name: 'left' }, versions: ['1.0.0'] }],
    };
    await write('osv/npm/left/MAL-2026-1.json', JSON.stringify(report));
    const before = registry.requests.length;
    const { status, stdout } = await validate('-f', 'shop', '--denied', 'osv');
    expect(status).toBe(1);
    expect(stdout).toContain('"left" 1.0.0 is denied in this cluster (MAL-2026-1: steals credentials)');
    expect(registry.requests).toHaveLength(before);
  });

  it('of a list that cannot be read is an error, although nothing was found', async () => {
    await source('1.0.0');
    await write('shop/package-lock.json', lockOf('1.0.0'));
    await write('osv/broken.json', '{');
    const { status, stderr } = await validate('-f', 'shop', '--denied', 'osv');
    expect(status).toBe(2);
    expect(stderr).toContain('error: osv/broken.json:1:2: ');
    expect((await validate('-f', 'shop', '--denied', 'nowhere')).status).toBe(2);
  });
});

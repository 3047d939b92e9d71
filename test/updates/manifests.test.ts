import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildless, type Finished } from '../cli/command.ts';
import { type FakeRegistry, startNpmRegistry } from '../pod/install/fake-registry.ts';
import { folderWith, textOf } from './folder-with.ts';
import { ODD_DEPLOYMENT } from '../manifests/odd-deployment.ts';

let top = '';
let registry: FakeRegistry;
let env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'buildless-updates-'));
  const archive = Buffer.from('x');
  const versions = ['1.0.0', '1.1.0'].map((version) => ({ name: 'left', version, archive, hasInstallScript: false }));
  registry = await startNpmRegistry(versions);
  env = { ...process.env, npm_config_registry: registry.address, npm_config_cache: path.join(top, 'cache') };
});
afterAll(async () => {
  await registry.close();
  await rm(top, { recursive: true, force: true });
});

const run = (args: readonly string[], stdin = ''): Promise<Finished> => buildless(args, stdin, top, env);

const MANIFEST = `# Who wrote this, and why.
apiVersion: v1
kind: ConfigMap
metadata:
    name: shop   # the source
    labels: {buildless.dev/function: shop}
data:
    handler.js: |
        module.exports = { main: () => "left 1.0.0" }; // kept
    package.json: |    # what it needs
        {
            "dependencies": {
                "left":   "1.0.0"
            }
        }
    # nothing follows

${ODD_DEPLOYMENT}`;
const SINGLE = `apiVersion: v1
kind: ConfigMap
metadata: { name: one, labels: { buildless.dev/function: one } }
data:
  package.json: '{ "dependencies": { "left": "1.0.0" } }' # "left": "1.0.0"
`;

describe('buildless update of manifests', () => {
  it('changes the versions in ConfigMaps and not a character besides', async () => {
    const folder = await folderWith(top, { 'shop.yaml': MANIFEST, 'more/one.yaml': SINGLE });
    const { status, stderr, stdout } = await run(['update', '-f', folder, '-R', '--write']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toBe(
      [
        `${folder}: a folder of manifests`,
        `${folder}/more: a folder of manifests`,
        `${folder}/shop.yaml: ConfigMap shop: package.json:3: left 1.0.0 -> 1.1.0`,
        `${folder}/more/one.yaml: ConfigMap one: package.json:1: left 1.0.0 -> 1.1.0`,
        `${folder}/shop.yaml is updated.`,
        `${folder}/more/one.yaml is updated.`,
        '',
      ].join('\n'),
    );
    expect(await textOf(folder, 'shop.yaml')).toBe(MANIFEST.replace('"left":   "1.0.0"', '"left":   "1.1.0"'));
    expect(await textOf(folder, 'more/one.yaml')).toBe(SINGLE.replace('1.0.0', '1.1.0'));
  });

  it('writes the lock in the ConfigMap again', async () => {
    const folder = await folderWith(top, { 'shop.yaml': MANIFEST });
    expect((await run(['lock', '-f', folder, '--write'])).status).toBe(0);
    const locked = await textOf(folder, 'shop.yaml');
    expect((await run(['update', '-f', folder, '--write'])).status).toBe(0);
    const updated = await textOf(folder, 'shop.yaml');
    const changed = locked
      .split('\n')
      .flatMap((line, index) => (line === updated.split('\n')[index] ? [] : [line.trim()]));
    expect(changed).toEqual(['"left":   "1.0.0"', '"left": "1.0.0"', '"version": "1.0.0",']);
    expect(await run(['validate', '-f', folder, '--level', 'locked'])).toMatchObject({ status: 0 });
  });

  it('names dependencies with the ConfigMap that asks for them', async () => {
    const folder = await folderWith(top, { 'shop.yaml': MANIFEST });
    const { stdout } = await run(['outdated', '-f', folder, '-o', 'yaml']);
    expect(stdout).toContain(`- source: "${folder}/shop.yaml: ConfigMap shop"\n    file: package.json\n    line: 3\n`);
  });

  it('works as a filter', async () => {
    const { status, stdout } = await run(['update', '-f', '-', '--write', '-q'], MANIFEST);
    expect({ status, stdout }).toEqual({ status: 0, stdout: MANIFEST.replace('"1.0.0"', '"1.1.0"') });
  });

  it('takes a JSON file, binaryData and a source of two ConfigMaps', async () => {
    const configMap = (name: string, data: object): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      ...data,
    });
    const manifest = Buffer.from('{"dependencies":{"left":"1.0.0"}}').toString('base64');
    const template = {
      metadata: {
        labels: { 'buildless.dev/function': 'x' },
        annotations: { 'buildless.dev/runtime': 'nodejs22', 'buildless.dev/source': 'configmap:a+b' },
      },
      spec: { containers: [{ name: 'function', image: 'auto' }] },
    };
    const items = [
      configMap('a', { data: { 'handler.js': '' } }),
      configMap('b', { binaryData: { 'package.json': manifest } }),
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { template } },
    ];
    const folder = await folderWith(top, {
      'x.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2),
    });
    expect((await run(['update', '-f', folder, '--write'])).status).toBe(0);
    const text = await textOf(folder, 'x.json');
    const wanted = Buffer.from('{"dependencies":{"left":"1.1.0"}}').toString('base64');
    expect(text).toBe(
      `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2).replace(manifest, wanted)}\n`,
    );
  });

  it('changes the files of a kustomization, and the lock next to them', async () => {
    const folder = await folderWith(top, {
      'kustomization.yaml': `resources: [deployment.yaml]
generatorOptions: { disableNameSuffixHash: true }
configMapGenerator:
  - { name: shop, files: [src/handler.js, src/package.json, src/package-lock.json], options: { labels: { buildless.dev/function: shop } } }
`,
      'deployment.yaml': MANIFEST.slice(MANIFEST.indexOf('apiVersion: apps/v1')),
      'src/handler.js': 'exports.main = () => 1;\n',
      'src/package.json': '{\n\t"dependencies": { "left": "1.0.0" }\n}\n',
    });
    expect((await run(['lock', '-f', path.join(folder, 'src'), '--write'])).status).toBe(0);
    const { status, stderr } = await run(['update', '-f', folder, '--write']);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).toContain(`${folder}/src/package.json is updated.\n${folder}/src/package-lock.json is updated.\n`);
    expect(await textOf(folder, 'src/package.json')).toBe('{\n\t"dependencies": { "left": "1.1.0" }\n}\n');
    expect(await textOf(folder, 'src/package-lock.json')).toContain('"version": "1.1.0"');
    expect(await run(['validate', '-f', folder, '--level', 'locked'])).toMatchObject({ status: 0 });
  });
});

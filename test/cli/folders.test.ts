/** Folders as a user has them: `-f FOLDER` of each subcommand that works on Functions. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Log } from 'sarif';
import { parseManifests } from '../../src/manifests/documents.ts';
import { folderOf, type Files } from '../folders/folder.ts';
import { get, Runs } from '../run/running-command.ts';
import { buildless } from './command.ts';

const HANDLER = "const { word } = require('./lib/word.js');\nexports.main = () => word;\n";
const SHOP: Files = {
  'handler.js': HANDLER,
  'lib/word.js': "exports.word = 'from a folder';\r\n",
  'package.json': '{\n  "engines": { "node": ">=20" },\n  "dependencies": {\n    "ms": "latest"\n  }\n}\n',
};
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata:
      labels: { app: shop, buildless.dev/function: shop }
      annotations: { buildless.dev/runtime: nodejs22 }
    spec: { containers: [{ name: function, image: auto }] }
`;
const KUSTOMIZATION = `configMapGenerator:
  - name: shop
    files: [handler.js, package.json, lib..word.js=lib/word.js]
    options: { labels: { buildless.dev/function: shop }, disableNameSuffixHash: true }
resources: [function.yaml]
`;
const KUSTOMIZED: Files = { ...SHOP, 'function.yaml': DEPLOYMENT, 'kustomization.yaml': KUSTOMIZATION };

const HAS_KUBECTL = spawnSync('kubectl', ['version', '--client']).status === 0;

describe('validate of a folder', () => {
  it.each<[string, Files, string]>([
    ['that is a source', SHOP, 'the source of a Function, shop, on nodejs22 (engines.node of package.json)'],
    ['that is a kustomization', KUSTOMIZED, 'a kustomization'],
  ])("%s names the author's file, line and column, and reports what the folder is", async (_, files, what) => {
    const folder = await folderOf(files);
    const { status, stdout, stderr } = await buildless(['validate', '-f', folder]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: `${folder}: ${what}\n` });
    expect(stdout.split('\n')[0]).toMatch(/shop\/package\.json:4:11: error: "ms" is "latest", a tag.*no-latest\]$/);
    expect(stdout.replaceAll(folder, '')).toMatch(/\n1 error, 0 warnings; 1 Function in \d files? looked at\.\n$/);
    const quiet = await buildless(['--quiet', 'validate', '-f', folder, '-o', 'sarif']);
    expect(quiet.stderr).toBe('');
    const [finding] = (JSON.parse(quiet.stdout) as Log).runs[0]?.results ?? [];
    expect(finding?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: `file://${folder}/package.json` },
      region: { startLine: 4, startColumn: 11 },
    });
  });

  it('in the current folder has the names that an editor opens', async () => {
    const folder = await folderOf(SHOP);
    expect((await buildless(['validate', '.'], '', folder)).stdout).toMatch(/^package\.json:4:11: error/);
  });

  it('finds a handler that is missing', async () => {
    const folder = await folderOf({ 'package.json': '{"engines":{"node":"22"}}' });
    const { status, stdout } = await buildless(['validate', folder]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/shop: error: .*handler.*\[handler-not-found\]/);
  });

  it('without a runtime judges the dependencies alone, and says so', async () => {
    const folder = await folderOf({ ...SHOP, 'package.json': '{"dependencies":{"ms":"latest"}}' });
    const { status, stdout, stderr } = await buildless(['validate', folder]);
    expect(status).toBe(1);
    expect(stderr).toBe(`${folder}: a source whose runtime is not known; only its dependencies are checked\n`);
    expect(stdout).toContain(`${folder}/package.json:1:23: error: "ms" is "latest"`);
    expect((await buildless(['validate', folder, '--runtime', 'nodejs24'])).stderr).toContain(
      'on nodejs24 (--runtime)',
    );
    expect(await buildless(['validate', folder, '--runtime', 'nodejs99'])).toMatchObject({ status: 2 });
  });

  it('with -R looks at every Function of a monorepo', async () => {
    const shop = Object.entries(SHOP).map(([name, text]) => [`shop/${name}`, text] as const);
    const folder = await folderOf({
      ...Object.fromEntries(shop),
      'orders/handler.py': '',
      'orders/.python-version': '3.12',
    });
    const { status, stdout, stderr } = await buildless(['validate', '-R', folder]);
    expect(status).toBe(1);
    expect(stdout).toContain('1 error, 0 warnings; 2 Functions in 2 files looked at.');
    expect(stderr).toBe(
      `${folder}/orders: the source of a Function, orders, on python312 (.python-version)\n` +
        `${folder}/shop: the source of a Function, shop, on nodejs22 (engines.node of package.json)\n`,
    );
  });

  it('warns of what may be secret, and refuses what cannot be in a ConfigMap', async () => {
    const folder = await folderOf({ ...SHOP, '.env': 'A=1', 'a b.txt': '' });
    const { status, stderr } = await buildless(['validate', folder]);
    expect(status).toBe(2);
    expect(stderr).toContain(`error: ${folder}/a b.txt: the name cannot be a key of a ConfigMap`);
    const warned = await buildless(['validate', await folderOf({ ...SHOP, '.env': 'A=1' })]);
    expect(warned.stderr).toMatch(/warning: left out of the source, as they may be secret: .*\/shop\/\.env\n/);
  });
});

const FINE: Files = { ...SHOP, 'package.json': '{ "engines": { "node": ">=20" } }' };

describe('inject of a folder', () => {
  it.each<[string, Files, readonly string[]]>([
    ['that is a source', FINE, ['ConfigMap', 'Deployment', 'Service']],
    ['that is a kustomization', { ...KUSTOMIZED, ...FINE }, ['ConfigMap', 'Deployment']],
  ])('%s writes everything that is to be applied', async (_, files, kinds) => {
    const { status, stdout } = await buildless(['inject', '-f', await folderOf(files)]);
    expect(status).toBe(0);
    const parsed = parseManifests(stdout, 'stdout');
    const documents = 'documents' in parsed ? parsed.documents : [];
    expect(documents.map(({ object }) => object.kind)).toEqual(kinds);
    expect(documents[0]?.object.data).toMatchObject({
      'handler.js': HANDLER,
      'lib..word.js': "exports.word = 'from a folder';\r\n",
    });
    expect(documents[1]?.text).toContain('buildless-prepare');
  });

  it.each<[string, Files]>([
    ['that is a source', SHOP],
    ['that is a kustomization', KUSTOMIZED],
  ])("%s refuses with the author's place", async (_, files) => {
    const folder = await folderOf(files);
    const { status, stdout, stderr } = await buildless(['inject', '-f', folder]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`error: ${folder}/package.json:4:11: "ms" is "latest"`);
  });

  it('needs a runtime', async () => {
    const folder = await folderOf({ 'handler.js': HANDLER });
    const { status, stderr } = await buildless(['inject', folder]);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /shop: the runtime is not known: engines\.node of package\.json, \.nvmrc, --runtime are all missing\n +write one of them, or give --runtime with one of nodejs20, /,
    );
  });
});

describe('run of a folder', () => {
  const runs = new Runs();
  beforeAll(() => runs.open());
  afterEach(() => runs.endAll());
  afterAll(() => runs.remove());

  it.each<[string, Files, string]>([
    ['that is a source for Node.js', FINE, 'from a folder'],
    ['that is a kustomization', { ...KUSTOMIZED, ...FINE }, 'from a folder'],
    [
      'that is a source for Python',
      {
        'handler.py': 'from lib.word import word\ndef main(event, context): return word\n',
        'lib/word.py': "word = 'also from a folder'\n",
        '.python-version': '3.11\n',
      },
      'also from a folder',
    ],
  ])('%s answers', async (_, files, answer) => {
    const command = await runs.run(['-f', await folderOf(files), '--port', '0']);
    expect(await get(await command.url())).toBe(answer);
  });

  it('that is larger than a ConfigMap runs from several', async () => {
    const data = 'x'.repeat(700 * 1024);
    const handler =
      "const { statSync } = require('fs');\nexports.main = () => ['a', 'b'].map((f) => statSync(`${__dirname}/${f}.txt`).size);\n";
    const folder = await folderOf({ 'a.txt': data, 'b.txt': data, 'handler.js': handler, '.nvmrc': '22' });
    const command = await runs.run(['-f', folder, '--port', '0']);
    expect(await get(await command.url())).toBe('[716800,716800]');
    expect(command.output).toContain('source configmap:shop+shop-2: 4 files');
  });
});

describe('lock of a folder', () => {
  it.each<[string, Files]>([
    ['that is a source', SHOP],
    [
      'that is a kustomization',
      {
        ...KUSTOMIZED,
        'package-lock.json': '{}',
        'kustomization.yaml': KUSTOMIZATION.replace('package.json,', 'package.json, package-lock.json,'),
      },
    ],
  ])('%s writes package-lock.json into it, and then it is locked', async (_, files) => {
    const pinned = String(SHOP['package.json']).replace('latest', '2.1.3');
    const folder = await folderOf({ ...files, 'package.json': pinned });
    const { status, stderr } = await buildless(['lock', '-f', folder, '--write']);
    expect({ status, stderr: stderr.split('\n').at(-2) }).toEqual({
      status: 0,
      stderr: `${folder}/package-lock.json is locked.`,
    });
    expect(await readFile(path.join(folder, 'package-lock.json'), 'utf8')).toContain('"integrity": "sha512-');
    expect(await buildless(['validate', folder, '--level', 'locked'])).toMatchObject({ status: 0 });
  });

  it('that is a kustomization without the lock names it there, and keeps its comments', async () => {
    const pinned = String(SHOP['package.json']).replace('latest', '2.1.3');
    const list = (files: string): string =>
      KUSTOMIZATION.replace(
        /files: .*/,
        `files: # of the shop\n      - handler.js\n      - package.json # pinned\n${files}`,
      );
    const folder = await folderOf({
      ...KUSTOMIZED,
      'package.json': pinned,
      'kustomization.yaml': list('      - lib..word.js=lib/word.js\n'),
    });
    const shown = await buildless(['lock', '-f', folder]);
    expect(shown.stdout).toContain('\n+      - package-lock.json\n');
    const { stderr } = await buildless(['lock', '-f', folder, '--write']);
    expect(stderr).toContain(`${folder}/kustomization.yaml names package-lock.json.\n`);
    expect(await readFile(path.join(folder, 'kustomization.yaml'), 'utf8')).toBe(
      list('      - lib..word.js=lib/word.js\n      - package-lock.json\n'),
    );
    expect(await buildless(['validate', folder, '--level', 'locked'])).toMatchObject({ status: 0 });
  });

  it('that is a kustomization of several Functions names the lock of each', async () => {
    const pinned = '{ "dependencies": { "ms": "2.1.3" } }';
    const folder = await folderOf({
      'a/handler.js': '',
      'a/package.json': pinned,
      'b/handler.js': '',
      'b/package.json': pinned,
      'kustomization.yaml': `generatorOptions: { disableNameSuffixHash: true, labels: { buildless.dev/function: shop } }
configMapGenerator:
  - { name: a, files: [a/handler.js, a/package.json] }
  - name: b
    files:
    - b/handler.js
    - b/package.json
`,
    });
    const { stderr } = await buildless(['lock', '-f', folder, '--write', '--runtime', 'nodejs22']);
    expect(stderr).toContain('kustomization.yaml names a/package-lock.json and b/package-lock.json.\n');
    expect(await readFile(path.join(folder, 'kustomization.yaml'), 'utf8')).toMatch(
      /a\/package\.json, "?a\/package-lock\.json"?\] \}\n[^]*\n {4}- b\/package-lock\.json\n$/,
    );
  });

  it('that is a kustomization whose names have a hash does the same', async () => {
    const pinned = String(SHOP['package.json']).replace('latest', '2.1.3');
    const kustomization = KUSTOMIZATION.replace(', disableNameSuffixHash: true', '');
    const folder = await folderOf({ ...KUSTOMIZED, 'package.json': pinned, 'kustomization.yaml': kustomization });
    const { stderr } = await buildless(['lock', '-f', folder, '--write']);
    if (HAS_KUBECTL) expect(stderr).toContain('/kustomization.yaml names package-lock.json.\n');
    else expect(stderr).toContain('kubectl was not found on the PATH');
  });

  it('in Python takes the version from the folder, or names where it could be', async () => {
    const files = { 'handler.py': '', 'requirements.txt': 'idna==3.10\n' };
    const { status, stderr } = await buildless(['lock', await folderOf(files)]);
    expect(status).toBe(2);
    expect(stderr).toContain('or write requires-python of pyproject.toml or .python-version');
    const known = await buildless([
      'lock',
      await folderOf({ ...files, '.python-version': '3.11' }),
      '--output',
      'lock',
    ]);
    expect(known).toMatchObject({ status: 0 });
  });
});

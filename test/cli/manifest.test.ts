/** `buildless manifest`, and what other commands make of its output. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { folderOf, type Files } from '../folders/folder.ts';
import { buildless } from './command.ts';

const FILES: Files = {
  'handler.js': "const { word } = require('./lib/word.js');\nexports.main = () => word;\n",
  'lib/word.js': "exports.word = 'hello';\n",
  'package.json': '{ "engines": { "node": "^22" } }\n',
  '.gitignore': 'dist/\n',
  'dist/out.js': '',
};

const YAML = `apiVersion: v1
kind: ConfigMap
metadata:
  name: shop
  labels:
    buildless.dev/function: shop
data:
  handler.js: |
    const { word } = require('./lib/word.js');
    exports.main = () => word;
  lib..word.js: |
    exports.word = 'hello';
  package.json: |
    { "engines": { "node": "^22" } }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels:
    app: shop
spec:
  selector:
    matchLabels:
      app: shop
  template:
    metadata:
      labels:
        app: shop
        buildless.dev/function: shop
      annotations:
        buildless.dev/runtime: nodejs22
    spec:
      containers:
        - name: function
          image: auto
---
apiVersion: v1
kind: Service
metadata:
  name: shop
  labels:
    app: shop
spec:
  selector:
    app: shop
  ports:
    - name: http
      port: 80
      targetPort: http
`;

describe('buildless manifest', () => {
  it('prints what is to be applied, the same each time', async () => {
    const folder = await folderOf(FILES);
    const first = await buildless(['manifest', '-f', folder]);
    expect(first).toEqual({
      status: 0,
      stdout: YAML,
      stderr: `${folder}: the source of a Function, shop, on nodejs22 (engines.node of package.json)\n`,
    });
    expect((await buildless(['manifest', '.', '-q'], '', folder)).stdout).toBe(YAML);
  });

  it('passes validation at the level locked, and injection', async () => {
    const { stdout } = await buildless(['manifest', await folderOf(FILES)]);
    expect(await buildless(['validate', '-f', '-', '--level', 'locked'], stdout)).toMatchObject({
      status: 0,
      stdout: 'Nothing found; 1 Function in 1 file looked at.\n',
    });
    expect(await buildless(['inject', '-f', '-'], stdout)).toMatchObject({ status: 0 });
  });

  it.skipIf(spawnSync('kubectl', ['version', '--client']).status !== 0)(
    'is read by kubectl as it is meant, whatever is in the files',
    async () => {
      // Each character that YAML has rules for, at the beginning, in the middle and at the end of lines.
      const odd = [
        '\r',
        '\t',
        '\0',
        '\x1b',
        '\x7f',
        '\x85',
        '\xa0',
        '\u2028',
        '\u2029',
        '\ufeff',
        '\ufffd',
        '\ufffe',
        '\u{1f600}',
        '#',
        ': ',
        '- ',
        '"',
        "'",
        '%',
        '~',
        '0o17',
        '---\n',
        '...\n',
        '<<',
        '|',
        '\\',
      ];
      const texts = odd.map(
        (each, index) => [`t${index}.txt`, `${each}a ${each}b${each}\n ${each}\n\n${each}`] as const,
      );
      const folder = await folderOf({ ...FILES, ...Object.fromEntries(texts), 'b.bin': Buffer.from([0xff]) });
      const [configMap] = (await buildless(['manifest', folder])).stdout.split('---\napiVersion: apps/v1');
      const args = ['patch', '--local', '-f', '-', '-p', '{}', '-o', 'json'];
      const { stdout, stderr } = spawnSync('kubectl', args, { input: configMap, encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toMatchObject({ data: Object.fromEntries(texts), binaryData: { 'b.bin': '/w==' } });
    },
  );

  it('takes a name and a runtime, and writes JSON', async () => {
    const args = ['manifest', await folderOf(FILES), '--name', 'orders', '--runtime', 'nodejs24', '-o', 'json'];
    const list = JSON.parse((await buildless(args)).stdout) as { items: { metadata: { name: string } }[] };
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual(['orders', 'orders', 'orders']);
    expect(JSON.stringify(list)).toContain('"buildless.dev/runtime":"nodejs24"');
  });

  it('divides what is too large for one ConfigMap, and says how to apply it', async () => {
    const folder = await folderOf({ ...FILES, 'data/a.txt': 'a'.repeat(900_000), 'data/b.txt': 'b'.repeat(900_000) });
    const { stdout, stderr } = await buildless(['manifest', folder]);
    expect(stdout).toContain('buildless.dev/source: configmap:shop+shop-2\n');
    expect(stderr).toContain('the ConfigMap shop-2 has 880 KiB: "kubectl apply" needs --server-side for it\n');
    expect(await buildless(['validate', '-f', '-'], stdout)).toMatchObject({ status: 0 });
  });

  it.each<[string, Files, readonly string[], string]>([
    [
      'a folder of manifests',
      { 'a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: a }\n' },
      [],
      'the folder has manifests already\n       apply it with: kubectl apply -f ',
    ],
    ['a source without a runtime', { 'handler.js': '' }, [], 'the runtime is not known'],
    ['a name that cannot be one', FILES, ['--name', 'A_B'], '"A_B" cannot be the name of a Function'],
    [
      'a name and a runtime for a kustomization',
      { ...FILES, 'kustomization.yaml': 'resources: []\n' },
      ['--name', 'a', '--runtime', 'nodejs24'],
      'shop: --name and --runtime cannot change a kustomization\n       change its manifests, or leave the option out',
    ],
    ['an empty folder', {}, [], 'the folder has no manifests and is not the source of a Function'],
  ])('refuses %s', async (_, files, args, message) => {
    const { status, stdout, stderr } = await buildless(['manifest', await folderOf(files), ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('refuses a file, and one name for several Functions', async () => {
    expect((await buildless(['manifest', 'package.json'])).stderr).toContain('package.json: this is not a folder');
    expect((await buildless(['manifest', 'nowhere'])).stderr).toContain('nowhere: the folder does not exist');
    const two = [await folderOf(FILES), await folderOf(FILES)];
    expect((await buildless(['manifest', ...two, '--name', 'x'])).stderr).toContain(
      '--name cannot name several Functions',
    );
  });
});

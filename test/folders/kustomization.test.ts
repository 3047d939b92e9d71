import { execFileSync, spawnSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readKustomization } from '../../src/folders/kustomization/read.ts';
import { parseKustomization } from '../../src/folders/kustomization/parse.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { parseManifests, placeOfDocument } from '../../src/manifests/documents.ts';
import { formatProblem } from '../../src/outcome/problem.ts';
import { folderOf, type Files } from './folder.ts';

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

const DEPLOYMENT = `# ours
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop # stays
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers: [{ name: function, image: auto }]
      volumes: [{ name: c, configMap: { name: shop, defaultMode: 0440 } }]
---
apiVersion: v1
kind: Service
metadata: { name: shop }
spec: { ports: [{ port: 80, targetPort: http }] }
`;

const NO_HASH = 'generatorOptions: { disableNameSuffixHash: true }\n';
const GENERATOR = 'configMapGenerator: [{ name: shop, files: [handler.js, lib..a.js=lib/a.js] }]\n';
const FILES: Files = { 'handler.js': 'exports.main = 1;\r\n', 'lib/a.js': '// ü\n', 'function.yaml': DEPLOYMENT };

const sorted = (objects: readonly KubernetesObject[]): readonly KubernetesObject[] =>
  [...objects].sort((a, b) => (String(a.kind) < String(b.kind) ? -1 : 1));

/** As kubectl reads its own output. */
function kustomized(folder: string): readonly KubernetesObject[] {
  const parsed = parseManifests(execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' }), 'kubectl');
  if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings));
  return sorted(parsed.documents.map(({ object }) => object));
}

async function read(folder: string): Promise<readonly KubernetesObject[] | readonly string[]> {
  const result = await readKustomization(folder);
  return 'findings' in result
    ? result.findings.map((finding) => formatProblem(finding).replaceAll(folder, 'shop'))
    : sorted(result.documents.map(({ object }) => object));
}

describe.skipIf(!hasKubectl)('a kustomization is what `kubectl kustomize` makes of it', () => {
  it.each<[string, string, Files]>([
    ['files with keys', `${NO_HASH}${GENERATOR}resources: [function.yaml]\n`, {}],
    [
      'binary files',
      `${NO_HASH}configMapGenerator: [{ name: shop, files: [a.bin] }]\n`,
      { 'a.bin': Buffer.from([...Array(256).keys()]) },
    ],
    ['literals', `${NO_HASH}configMapGenerator: [{ name: shop, literals: ["a=b=c", "d=", "e= f "] }]\n`, {}],
    [
      'labels, annotations and immutable, one over all',
      `generatorOptions: { disableNameSuffixHash: true, labels: { a: "1", b: "2" }, annotations: { c: d }, immutable: true }
configMapGenerator: [{ name: shop, files: [handler.js], options: { labels: { b: "3" } } }]
`,
      {},
    ],
    ['a namespace', `namespace: prod\n${NO_HASH}${GENERATOR}resources: [function.yaml]\n`, {}],
    ['an empty generator', `${NO_HASH}configMapGenerator: [{ name: shop }]\n`, {}],
  ])('evaluated here: %s', async (_, kustomization, files) => {
    const folder = await folderOf({ ...FILES, ...files, 'kustomization.yaml': kustomization });
    expect(parseKustomization(kustomization, 'kustomization.yaml')).toMatchObject({ beyond: undefined });
    expect(await read(folder)).toEqual(kustomized(folder));
  });

  it.each<[string, string, Files]>([
    ['names with a hash', `${GENERATOR}resources: [function.yaml]\n`, {}],
    ['envs', `${NO_HASH}configMapGenerator: [{ name: shop, envs: [a.env] }]\n`, { 'a.env': '# x\nA=1\n' }],
    ['quoted literals', `${NO_HASH}configMapGenerator: [{ name: shop, literals: ["a='b'"] }]\n`, {}],
    [
      'patches',
      `${NO_HASH}${GENERATOR}resources: [function.yaml]\npatches: [{ patch: '{"apiVersion":"v1","kind":"Service","metadata":{"name":"shop"},"spec":{"type":"NodePort"}}' }]\n`,
      {},
    ],
    [
      'a base',
      'resources: [base]\nnamePrefix: x-\n',
      { 'base/kustomization.yaml': 'resources: [a.yaml]', 'base/a.yaml': DEPLOYMENT },
    ],
    [
      'a namespace for a kind with rules',
      'namespace: prod\nresources: [a.yaml]\n',
      { 'a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: other }\n' },
    ],
  ])('evaluated by kubectl: %s', async (_, kustomization, files) => {
    const folder = await folderOf({ ...FILES, ...files, 'kustomization.yaml': kustomization });
    expect(await read(folder)).toEqual(kustomized(folder));
  });

  it.each<[string, string, Files]>([
    ['two objects of one name', 'resources: [function.yaml, again.yaml]\n', { 'again.yaml': DEPLOYMENT }],
    ['a file outside', `${NO_HASH}configMapGenerator: [{ name: shop, files: [../x] }]\n`, { '../x': '' }],
    ['a field that is not one', 'resource: [function.yaml]\n', {}],
  ])('is refused as by kubectl: %s', async (_, kustomization, files) => {
    const folder = await folderOf({ ...FILES, ...files, 'kustomization.yaml': kustomization });
    expect(await read(folder)).toEqual([
      expect.stringMatching(/^shop\/kustomization\.yaml: "kubectl kustomize" refuses it: /),
    ]);
  });

  it('knows the files of a ConfigMap whose name has a hash', async () => {
    const folder = await folderOf({ ...FILES, 'kustomization.yaml': GENERATOR });
    const result = await readKustomization(folder);
    const [only] = 'documents' in result ? result.documents : [];
    expect(only && placeOfDocument(only, ['data', 'lib..a.js'])).toEqual({ file: path.join(folder, 'lib/a.js') });
  });
});

describe('a kustomization', () => {
  const here = async (kustomization: string, files: Files = {}): Promise<string> =>
    folderOf({ ...FILES, ...files, 'kustomization.yaml': kustomization });

  it("has the author's files as the places of its ConfigMaps, and the resources' own", async () => {
    const folder = await here(`namespace: prod\n${NO_HASH}${GENERATOR}resources: [function.yaml]\n`);
    const result = await readKustomization(folder);
    const [configMap, deployment] = 'documents' in result ? result.documents : [];
    if (configMap === undefined || deployment === undefined) throw new Error('nothing was read');
    const place = { file: path.join(folder, 'function.yaml'), line: 12, column: 47 };
    expect(placeOfDocument(configMap, ['data', 'lib..a.js'])).toEqual({ file: path.join(folder, 'lib/a.js') });
    expect(placeOfDocument(configMap, ['metadata'])).toEqual({ file: path.join(folder, 'kustomization.yaml') });
    expect(placeOfDocument(deployment, ['spec', 'template', 'spec', 'volumes', 0, 'configMap', 'name'])).toEqual(place);
    expect(deployment.text).toContain('  name: shop # stays\n  namespace: prod\n');
  });

  it.each<[string, string, Files, string]>([
    [
      'a file that does not exist',
      `${NO_HASH}configMapGenerator: [{ name: shop, files: [hander.js] }]\n`,
      {},
      'shop/hander.js: the kustomization names this file, and it does not exist; create it, or take it out of the kustomization',
    ],
    [
      'a resource that is not a manifest',
      'resources: [values.yaml]\n',
      { 'values.yaml': 'a: 1\n' },
      'shop/values.yaml:1:1: this object has no apiVersion and no kind; add what is missing, or leave the file out',
    ],
    [
      'text that is not YAML',
      'resources: [\n',
      {},
      'shop/kustomization.yaml:2:1: this is not YAML: a quote, bracket or comma is missing; close what was opened before',
    ],
    [
      'a list',
      '- a\n',
      {},
      'shop/kustomization.yaml: this is not a kustomization; write one map with resources or configMapGenerator',
    ],
    [
      'two names',
      '',
      { Kustomization: '' },
      'shop: the folder has kustomization.yaml and Kustomization; remove one of the two',
    ],
    [
      'a file that is too large',
      `${NO_HASH}configMapGenerator: [{ name: shop, files: [a.bin] }]\n`,
      { 'a.bin': new Uint8Array(1024 * 1024 + 1) },
      'shop/a.bin: the file has 1025 KiB, and a ConfigMap may have 1024 KiB; take it out of the kustomization',
    ],
  ])('with %s is refused', async (_, kustomization, files, error) => {
    expect(await read(await here(kustomization, files))).toEqual([error]);
  });

  it('that needs kubectl says so if it is missing', async () => {
    const folder = await here(`${GENERATOR}resources: [function.yaml]\n`);
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      expect(await read(folder)).toEqual([
        'shop/kustomization.yaml: it has names with a hash (disableNameSuffixHash is not true), which kubectl evaluates, and kubectl was not found on the PATH; install kubectl, or run: kustomize build shop | buildless ... -f -',
      ]);
    } finally {
      process.env.PATH = PATH;
    }
  });

  it('with a link leaves it to kubectl, which refuses those that lead out', async () => {
    const folder = await here(`${NO_HASH}configMapGenerator: [{ name: shop, files: [link.js] }]\n`);
    await symlink('/etc/hostname', path.join(folder, 'link.js'));
    const [error] = await read(folder);
    expect(JSON.stringify(error)).toMatch(hasKubectl ? /refuses it: .*is not in or below/ : /kubectl was not found/);
  });
});

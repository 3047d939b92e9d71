import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { buildless } from '../cli/command.ts';
import { cluster, eventually, given, it } from '../cluster/given.ts';
import { RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectlOk, ROOT } from '../cluster/kubectl.ts';
import { startNpmRegistry, type FakeRegistry, type NpmPackage } from '../pod/install/fake-registry.ts';
import { makeWheel, startIndex, type DistributionFile } from '../pod/install/python-index.ts';
import { apply, deployed, sourceOf } from './functions.ts';
import { installAll } from './install-all.ts';
import { callJson, readyPods } from './pods.ts';
import { packNpm } from './registry.ts';

/** What a handler answers: its own version, and that of a package that it did not ask for itself. */
interface Expected {
  readonly code: string;
  readonly inner: string;
}

interface Answer extends Expected {
  /** Hash of all installed files. */
  readonly tree: string;
}

const NODE_TREE = `
const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const tree = () => {
  const top = path.join(__dirname, 'node_modules');
  const entries = existsSync(top) ? readdirSync(top, { recursive: true, withFileTypes: true }) : [];
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
};
`;

// Bytecode has the time of the installation in it.
const PYTHON_TREE = `
import hashlib, os
def tree():
    hash = hashlib.sha256()
    top = os.path.join(os.path.dirname(__file__), '.python-packages')
    for path in sorted(os.path.join(folder, name) for folder, _, names in os.walk(top) for name in names):
        if not path.endswith('.pyc'):
            hash.update(path.encode())
            with open(path, 'rb') as file:
                hash.update(file.read())
    return hash.hexdigest()
`;

/** A language with a registry to which the test publishes. */
interface Language {
  readonly runtime: string;
  /** With any 1.x of `outer`, which asks for any 1.x of `inner`. */
  readonly files: (code: string) => Readonly<Record<string, string>>;
  /** Of both packages. */
  readonly publish: (version: string) => Promise<void>;
  /** Of the Secret with its registry. */
  readonly settings: () => Readonly<Record<string, string>>;
}

const packages: NpmPackage[] = [];
const wheels: DistributionFile[] = [];
let registry: FakeRegistry;
let index: FakeRegistry;
let folder: string;

function publish(
  name: string,
  version: string,
  text: string,
  dependencies: Readonly<Record<string, string>> = {},
): void {
  const { archive } = packNpm(name, text, { version, dependencies });
  packages.push({ name, version, dependencies, archive, hasInstallScript: false });
}

const LANGUAGES = {
  nodejs22: {
    runtime: 'nodejs22',
    files: (code) => ({
      'handler.js': `${NODE_TREE}exports.main = () => ({ code: '${code}', inner: require('outer').inner, tree: tree() });`,
      'package.json': '{"dependencies":{"outer":"^1.0.0"}}',
    }),
    publish: (version) => {
      publish('inner', version, `module.exports = '${version}';`);
      publish('outer', version, "exports.inner = require('inner');", { inner: '^1.0.0' });
      return Promise.resolve();
    },
    settings: () => ({ '.npmrc': `registry=${registry.address}\n` }),
  },
  python311: {
    runtime: 'python311',
    files: (code) => ({
      'handler.py': `import outer\n${PYTHON_TREE}\ndef main(event, context):\n    return {'code': '${code}', 'inner': outer.inner, 'tree': tree()}\n`,
      'requirements.txt': 'outer>=1,<2\n',
    }),
    publish: async (version) => {
      const files = { 'outer.py': 'from inner import VERSION as inner\n' };
      wheels.push(await makeWheel(folder, 'inner', version));
      wheels.push(await makeWheel(folder, 'outer', version, { requires: ['inner>=1,<2'], files }));
    },
    settings: () => ({
      'pip.conf': `[global]\nindex-url = ${index.address}simple/\ntrusted-host = ${new URL(index.address).hostname}\n`,
    }),
  },
} as const satisfies Readonly<Record<string, Language>>;

beforeAll(async () => {
  if ('reason' in inject('cluster')) return;
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-wheels-'));
  registry = await startNpmRegistry(packages, inject('node').address);
  index = await startIndex(wheels, inject('node').address);
});
afterAll(async () => {
  if ('reason' in inject('cluster')) return;
  await registry.close();
  await index.close();
  await rm(folder, { recursive: true, force: true });
});

const configured = (): string => `dependencies:
  registries:
    nodejs: [${registry.address}]
    python: [${index.address}simple/]
`;

async function replicaSets(namespace: string): Promise<number> {
  return (await kubectlOk(['get', 'replicasets', '-n', namespace, '-o', 'name'])).split('\n').filter(Boolean).length;
}

const answersOf = async (pods: readonly V1Pod[]): Promise<readonly Answer[]> =>
  (await Promise.all(pods.map((pod) => callJson(pod)))) as readonly Answer[];

/** Evicts the Pods of a Deployment as a node that goes away does, and lets the node take Pods again. */
async function drain(name: string): Promise<void> {
  const nodes = await kubectlOk(['get', 'nodes', '-o', 'name']);
  const node = nodes.trim().split('\n')[0] ?? '';
  const pods = [`--pod-selector=app=${name}`, '--delete-emptydir-data', '--ignore-daemonsets', '--timeout=180s'];
  try {
    await kubectlOk(['drain', node, ...pods]);
  } finally {
    await kubectlOk(['uncordon', node]);
  }
}

describe('a Function that lives on', () => {
  const control = given(() => installAll(configured()));

  /** Waits until all replicas give an answer. */
  const untilAll = async (
    namespace: string,
    name: string,
    replicas: number,
    { code, inner }: Expected,
  ): Promise<readonly Answer[]> =>
    eventually(
      async () => answersOf(await readyPods(namespace, `app=${name}`, replicas)).catch(() => []),
      (answers) => answers.length === replicas && answers.every((each) => each.code === code && each.inner === inner),
      120_000,
    );

  it.each(Object.keys(LANGUAGES))(
    'keeps its packages when it is scaled and edited, moves them on purpose, and goes back to all of it: %s',
    async (runtime) => {
      const language: Language = LANGUAGES[runtime as keyof typeof LANGUAGES];
      await language.publish('1.0.0');
      const namespace = await createNamespace(RESTRICTED);
      const name = `live-${runtime}`;
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'registry' },
        stringData: language.settings(),
      };
      const annotations = { 'buildless.dev/registry': 'registry' };
      const objects = (code: string, replicas: number): readonly object[] =>
        deployed(name, { runtime, files: language.files(code), replicas, annotations });

      // ConfigMap and Deployment in one file: one ReplicaSet, which carries the revision from the start.
      await apply(namespace, secret, objects('one', 1));
      const [first] = await untilAll(namespace, name, 1, { code: 'one', inner: '1.0.0' });
      expect(await replicaSets(namespace)).toBe(1);

      // Months later.
      await language.publish('1.1.0');
      await kubectlOk(['scale', '-n', namespace, `deployment/${name}`, '--replicas=2']);
      const replicas = await untilAll(namespace, name, 2, { code: 'one', inner: '1.0.0' });
      expect(replicas.map(({ tree }) => tree)).toEqual([first?.tree, first?.tree]);

      await apply(namespace, sourceOf(name, language.files('two')));
      await untilAll(namespace, name, 2, { code: 'two', inner: '1.0.0' });
      expect(await replicaSets(namespace)).toBe(2);

      const where = ['-n', namespace, '--kubeconfig', cluster().kubeconfig];
      expect(await buildless(['lock', '--refresh', name, ...where], '', ROOT)).toMatchObject({ status: 0, stderr: '' });
      await untilAll(namespace, name, 2, { code: 'two', inner: '1.1.0' });

      await kubectlOk(['rollout', 'undo', '-n', namespace, `deployment/${name}`, '--to-revision=1']);
      await untilAll(namespace, name, 2, { code: 'one', inner: '1.0.0' });
      const status = await buildless(['status', ...where, '-o', 'json'], '', ROOT);
      expect(JSON.parse(status.stdout)).toMatchObject({
        functions: [{ state: 'rolled back', lock: 'controller', replicas: { wanted: 2, ready: 2, otherRevision: 0 } }],
      });

      // An undo stays: no replica is another one after a while, nor after it is replaced.
      await kubectlOk(['delete', 'pods', '-n', namespace, '-l', `app=${name}`, '--wait=false']);
      const last = await untilAll(namespace, name, 2, { code: 'one', inner: '1.0.0' });
      expect(last.map(({ tree }) => tree)).toEqual([first?.tree, first?.tree]);
      await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
    },
  );

  it('runs only what was admitted if it is scaled up in the middle of an edit that is refused', async () => {
    const namespace = await createNamespace(RESTRICTED);
    const files = (code: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
      'handler.js': `exports.main = () => ({ code: '${code}', inner: '' });`,
      ...more,
    });
    await apply(namespace, deployed('refused', { files: files('one') }));
    await untilAll(namespace, 'refused', 1, { code: 'one', inner: '' });
    // Without the label no webhook sees it.
    const source = sourceOf('refused', files('two', { 'package.json': '{"dependencies":{"axios":"latest"}}' }));
    await kubectlOk(['label', '-n', namespace, 'configmap/refused', 'buildless.dev/function-']);
    await apply(namespace, { ...source, metadata: { name: 'refused' } });
    await kubectlOk(['scale', '-n', namespace, 'deployment/refused', '--replicas=3']);
    await untilAll(namespace, 'refused', 3, { code: 'one', inner: '' });
    expect(await replicaSets(namespace)).toBe(1);
    await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('runs only what was admitted if its Pods are evicted while an edit is refused, or waits for a controller', async (context) => {
    if (!inject('node').ours) return context.skip('only a node of this machine is drained');
    const namespace = await createNamespace(RESTRICTED);
    const files = (code: string): Readonly<Record<string, string>> => ({
      'handler.js': `exports.main = () => ({ code: '${code}', inner: '' });`,
    });
    // Without the label no webhook sees the source.
    const source = (data: Readonly<Record<string, string>>): object => ({
      ...sourceOf('drained', data),
      metadata: { name: 'drained' },
    });
    const [, deployment = {}] = deployed('drained', { files: files('one'), replicas: 2 });
    await apply(namespace, source(files('one')), deployment);
    await untilAll(namespace, 'drained', 2, { code: 'one', inner: '' });

    await apply(namespace, source({ ...files('two'), 'package.json': '{"dependencies":{"axios":"latest"}}' }));
    await drain('drained');
    await untilAll(namespace, 'drained', 2, { code: 'one', inner: '' });

    await control().controller().stop();
    await apply(namespace, source(files('three')));
    await drain('drained');
    await untilAll(namespace, 'drained', 2, { code: 'one', inner: '' });
    expect(await replicaSets(namespace)).toBe(1);

    const controller = await control().start();
    await controller.untilLeading();
    await untilAll(namespace, 'drained', 2, { code: 'three', inner: '' });
    await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('scales up after its source was deleted, and leaves nothing behind when it is deleted itself', async () => {
    const namespace = await createNamespace(RESTRICTED);
    const files = { 'handler.js': "exports.main = () => ({ code: 'one', inner: '' });" };
    await apply(namespace, deployed('orphan', { files }));
    await untilAll(namespace, 'orphan', 1, { code: 'one', inner: '' });
    await kubectlOk(['delete', 'configmap', 'orphan', '-n', namespace]);
    await kubectlOk(['scale', '-n', namespace, 'deployment/orphan', '--replicas=2']);
    await untilAll(namespace, 'orphan', 2, { code: 'one', inner: '' });
    await kubectlOk(['delete', 'deployment', 'orphan', '-n', namespace]);
    const left = (): Promise<string> =>
      kubectlOk(['get', 'configmaps', '-n', namespace, '-l', 'buildless.dev/revision-of', '-o', 'name']);
    expect(await eventually(left, (names) => names === '')).toBe('');
    await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });
});

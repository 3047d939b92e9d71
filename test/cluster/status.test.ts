import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { digestOf, filesOfConfigMap } from '../../src/function/files.ts';
import { revisionName } from '../../src/function/revision-name.ts';
import { revisionObject } from '../../src/revision/snapshot.ts';
import { followedOf } from '../../src/function/source-state.ts';
import { buildless } from '../cli/command.ts';
import { cluster, eventually, given, it } from './given.ts';
import { createNamespace, kubectlOk, ROOT } from './kubectl.ts';

const ONE = { 'handler.js': 'exports.main = () => 1;' };
const TWO = { 'handler.js': 'exports.main = () => 2;' };

/** The digest of a source, and the ConfigMap of its revision. */
function revisionOf(namespace: string, data: Readonly<Record<string, string>>): { digest: string; object: object } {
  const read = filesOfConfigMap('hello', { data });
  if ('findings' in read) throw new Error('not a source');
  const digest = digestOf(read.files);
  const name = revisionName('hello', digest);
  return { digest, object: revisionObject({ namespace, name, holds: 'files', digest, owners: [], content: { data } }) };
}

const stampOf = (data: Readonly<Record<string, string>>): string =>
  `files:${revisionName('hello', revisionOf('', data).digest)}`;
const followed = (data: Readonly<Record<string, string>>): string =>
  followedOf({ code: { type: 'files', parts: [{ name: 'hello', digest: revisionOf('', data).digest }] }, refresh: 0 });

/** As the webhook and the controller leave it. */
const deployment = (data: Readonly<Record<string, string>>): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hello', labels: { 'buildless.dev/followed': followed(data) } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'hello' } },
    template: {
      metadata: {
        labels: { app: 'hello', 'buildless.dev/function': 'hello' },
        annotations: { 'buildless.dev/runtime': 'nodejs22', 'buildless.dev/revision': stampOf(data) },
      },
      spec: { containers: [{ name: 'function', image: 'node:22.1.0' }] },
    },
  },
});

const source = (data: Readonly<Record<string, string>>): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'hello' },
  data,
});

/** Somebody who may read one namespace, by the ClusterRole that Kubernetes has for it. */
async function viewerOf(namespace: string, folder: string): Promise<string> {
  await kubectlOk(['create', 'serviceaccount', 'viewer', '-n', namespace]);
  await kubectlOk([
    ...['create', 'rolebinding', 'viewer', '-n', namespace],
    ...['--clusterrole=view', `--serviceaccount=${namespace}:viewer`],
  ]);
  const token = (await kubectlOk(['create', 'token', 'viewer', '-n', namespace])).trim();
  const admin = new KubeConfig();
  admin.loadFromFile(cluster().kubeconfig);
  const server = admin.getCurrentCluster();
  if (server === null) throw new Error('no cluster');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [server],
    users: [{ name: 'viewer', token }],
    contexts: [{ name: 'viewer', cluster: server.name, user: 'viewer', namespace }],
    currentContext: 'viewer',
  });
  const file = path.join(folder, 'viewer');
  await writeFile(file, config.exportConfig());
  return file;
}

describe('status and history, for somebody who may read one namespace', () => {
  const folder = given(() => {
    const value = mkdtempSync(path.join(tmpdir(), 'buildless-status-'));
    return Promise.resolve({
      value,
      close: () => {
        rmSync(value, { recursive: true });
        return Promise.resolve();
      },
    });
  });

  it.withControllers('show what runs after an edit and after an undo', async () => {
    const namespace = await createNamespace();
    const kubeconfig = await viewerOf(namespace, folder());
    const run = async (...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> => {
      const { status, stdout, stderr } = await buildless([...args, '--kubeconfig', kubeconfig], '', ROOT);
      return { status: status ?? -1, stdout, stderr };
    };
    const apply = (...objects: readonly object[]): Promise<string> =>
      kubectlOk(['apply', '-n', namespace, '-f', '-'], { apiVersion: 'v1', kind: 'List', items: objects });
    const history = async (): Promise<readonly { number: number; current: boolean }[]> => {
      const { stdout } = await run('history', 'hello', '-o', 'json');
      const parsed = JSON.parse(stdout) as {
        history: readonly { revisions: readonly { number: number; current: boolean }[] }[];
      };
      return parsed.history[0]?.revisions ?? [];
    };

    await apply(source(ONE), revisionOf(namespace, ONE).object, deployment(ONE));
    await eventually(history, (revisions) => revisions.length === 1);
    await apply(source(TWO), revisionOf(namespace, TWO).object, deployment(TWO));
    expect(await eventually(history, (revisions) => revisions.length === 2)).toMatchObject([
      { number: 1, current: false },
      { number: 2, current: true, files: { added: [], removed: [], changed: ['handler.js'] }, packages: [] },
    ]);

    const status = await run('status');
    expect(status).toMatchObject({ status: 0, stderr: '' });
    expect(status.stdout).toMatch(/^FUNCTION .*\nhello +deployment\/hello +nodejs22 +0\/2 /);
    expect(status.stdout).toContain(stampOf(TWO).slice('files:'.length));

    await kubectlOk(['rollout', 'undo', 'deployment/hello', '-n', namespace]);
    const { stdout } = await run('status', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      functions: [{ function: 'hello', state: 'rolled back', revision: { stamp: stampOf(ONE) } }],
      unread: [],
    });
  });

  it('say which Functions there are if a name is wrong, and what may not be read', async () => {
    const namespace = await createNamespace();
    const kubeconfig = await viewerOf(namespace, folder());
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], deployment(ONE));
    expect(await buildless(['history', 'hallo', '--kubeconfig', kubeconfig], '', ROOT)).toMatchObject({
      status: 2,
      stderr: `error: namespace ${namespace} has no Function "hallo"\n       name one of hello, or another namespace with -n\n`,
    });
    const all = await buildless(['status', '-A', '--kubeconfig', kubeconfig], '', ROOT);
    expect(all.status).toBe(2);
    expect(all.stderr).toMatch(/^error: nothing can be read in the cluster \(.*forbidden/);
  });

  it("lock --refresh raises the number of the source, also of a runtime that only the cluster's configuration has", async () => {
    const namespace = await createNamespace();
    const refreshed = ['lock', '--refresh', 'hello', '-n', namespace, '--kubeconfig'];
    const template = {
      'buildless.dev/runtime': 'our-own',
      'buildless.dev/revision': `${stampOf(ONE)} lock:hello-9ad01c33f0`,
    };
    const patch = { spec: { template: { metadata: { annotations: template } } } };
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], {
      apiVersion: 'v1',
      kind: 'List',
      items: [source(ONE), deployment(ONE)],
    });
    await kubectlOk(['patch', 'deployment/hello', '-n', namespace, '--type=merge', '-p', JSON.stringify(patch)]);
    expect(await buildless([...refreshed, cluster().kubeconfig], '', ROOT)).toMatchObject({ status: 0, stderr: '' });
    const number = 'jsonpath={.metadata.annotations.buildless\\.dev/refresh}';
    expect(await kubectlOk(['get', 'configmap/hello', '-n', namespace, '-o', number])).toBe('1');
    const viewer = await buildless([...refreshed, await viewerOf(namespace, folder())], '', ROOT);
    expect(viewer).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('ConfigMap hello cannot be changed') as string,
    });
  });
});

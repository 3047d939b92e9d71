import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { V1Pod, V1Volume } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexResources } from '../../src/manifests/resources.ts';
import { makeVolumes, mountsOf } from '../../src/run/volumes.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'buildless-volumes-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const RESOURCES = indexResources(
  [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'words' },
      data: { 'a.txt': 'a', 'b.txt': 'b' },
      binaryData: { bin: 'AAE=' },
    },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { token: 't0ken' } },
  ].map((object) => ({ object })),
);
const podWith = (...volumes: V1Volume[]): V1Pod => ({
  metadata: { name: 'hello', namespace: 'default', labels: { a: '1', b: '"2"' } },
  spec: { containers: [], volumes },
});
const make = (...volumes: V1Volume[]): ReturnType<typeof makeVolumes> =>
  makeVolumes(podWith(...volumes), RESOURCES, {
    folder: path.join(root, 'pod/volumes'),
    claims: path.join(root, 'claims'),
  });
const read = (file: string): Promise<string> => readFile(path.join(root, 'pod/volumes', file), 'utf8');

describe('volumes as folders', () => {
  it('a ConfigMap gives its keys, or those that are named at their paths', async () => {
    await make(
      { name: 'all', configMap: { name: 'words' } },
      { name: 'some', configMap: { name: 'words', items: [{ key: 'a.txt', path: 'deep/x.txt' }] } },
    );
    expect(await read('all/b.txt')).toBe('b');
    expect(await read('all/bin')).toBe('\0\x01');
    expect(await read('some/deep/x.txt')).toBe('a');
    expect(existsSync(path.join(root, 'pod/volumes/some/a.txt'))).toBe(false);
  });

  it('a Secret can be read by nobody else', async () => {
    await make({ name: 'keys', secret: { secretName: 'keys' } });
    expect(await read('keys/token')).toBe('t0ken');
    expect((await stat(path.join(root, 'pod/volumes/keys/token'))).mode & 0o777).toBe(0o400);
  });

  it('a projected volume joins its sources, and facts of the Pod are files', async () => {
    const { missing } = await make({
      name: 'both',
      projected: {
        sources: [
          { configMap: { name: 'words', items: [{ key: 'a.txt', path: 'a' }] } },
          { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
          { serviceAccountToken: { path: 'token' } },
        ],
      },
    });
    expect(await read('both/a')).toBe('a');
    expect(await read('both/labels')).toBe('a="1"\nb="\\"2\\""');
    expect(missing).toEqual([{ volume: 'both', reason: 'serviceAccountToken is known in a cluster only' }]);
  });

  it('what the input does not hold is said', async () => {
    const { missing } = await make(
      { name: 'absent', secret: { secretName: 'absent' } },
      { name: 'optional', secret: { secretName: 'absent', optional: true } },
      { name: 'nfs', nfs: { server: 'nas.example', path: '/' } },
      { name: 'scratch', emptyDir: {} },
    );
    expect(missing).toEqual([
      { volume: 'absent', reason: 'the Secret absent is not in the input' },
      { volume: 'nfs', reason: 'it is a nfs, and begins empty here' },
    ]);
  });

  it('no path of the manifest leads out of the temporary root', async () => {
    const items = [{ key: 'a.txt', path: '../../../../escaped' }];
    await make({ name: '../../out', configMap: { name: 'words', items } });
    expect(existsSync(path.join(root, 'pod/volumes/out/escaped'))).toBe(true);
  });

  it('a mount with a subPath is a folder of its volume', async () => {
    const volumes = await make({ name: 'scratch', emptyDir: {} }, { name: 'words', configMap: { name: 'words' } });
    const mounts = await mountsOf(
      {
        name: 'function',
        volumeMounts: [
          { name: 'scratch', mountPath: '/data', subPathExpr: 'of-$(WHO)' },
          { name: 'words', mountPath: '/etc/a.txt', subPath: 'a.txt' },
          { name: 'scratch', mountPath: '/whole' },
        ],
      },
      volumes,
      new Map([['WHO', 'hello']]),
    );
    const folder = path.join(root, 'pod/volumes');
    expect(mounts).toEqual([
      { podPath: '/data', localPath: path.join(folder, 'scratch/of-hello') },
      { podPath: '/etc/a.txt', localPath: path.join(folder, 'words/a.txt') },
      { podPath: '/whole', localPath: path.join(folder, 'scratch') },
    ]);
    expect((await stat(path.join(folder, 'scratch/of-hello'))).isDirectory()).toBe(true);
  });
});

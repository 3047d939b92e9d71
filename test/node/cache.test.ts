import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { eventually, given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { coreApi, createNamespace, kubectlOk } from '../cluster/kubectl.ts';
import { podOf } from './fast-packages.ts';
import { apply, sourceOf } from './functions.ts';
import { PLACE } from './machine/place.ts';
import { call, isReady } from './pods.ts';
import { answerOf, listen, npmrcOf, packNpm, type Listening } from './registry.ts';

const STORAGE = { requests: { storage: '1Gi' } };
const INSTALLERS = ['bun', 'npm'] as const;
type Installer = (typeof INSTALLERS)[number];

/** Whether the cluster makes a volume for a claim that names no class. */
async function hasDefaultClass(): Promise<boolean> {
  return (await kubectlOk(['get', 'storageclasses', '-o', 'yaml'])).includes('is-default-class: "true"');
}

/** A registry of this machine that counts what it gives away, and holds it back when told to. */
interface Registry extends Listening {
  archives: number;
  holds: boolean;
  waiting: number;
}

const PACKAGE = packNpm('@acme/big', `exports.text = ${JSON.stringify('buildless '.repeat(100_000))};`);
const FILES = {
  'handler.js': "const { text } = require('@acme/big'); exports.main = () => String(text.length);",
  'package.json': JSON.stringify({ dependencies: { '@acme/big': '1.0.0' } }),
  'package-lock.json': JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { '@acme/big': '1.0.0' } },
      'node_modules/@acme/big': { version: '1.0.0', integrity: PACKAGE.integrity },
    },
  }),
};

async function openRegistry(): Promise<Registry> {
  const registry: Registry = {
    archives: 0,
    holds: false,
    waiting: 0,
    ...(await listen((request, response) => {
      const answer = answerOf(PACKAGE, request);
      if (answer === PACKAGE.archive) {
        registry.archives += 1;
        if (registry.holds) {
          // Half of it, and never the rest.
          response.writeHead(200, { 'content-length': answer.length });
          response.write(answer.subarray(0, answer.length / 2));
          registry.waiting += 1;
          return;
        }
      }
      response.writeHead(answer === undefined ? 404 : 200).end(answer ?? '{}');
    })),
  };
  return registry;
}

/**
 * A claim that any user may write to. The node has no provisioner, so its volume is made by hand; on another cluster it comes
 * from the default StorageClass.
 */
function claim(name: string): readonly object[] {
  const common = { accessModes: ['ReadWriteOnce'], resources: STORAGE };
  const made = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name } };
  if (!inject('node').ours) return [{ ...made, spec: common }];
  const volumeName = `cache-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const folder = path.join(PLACE.folder, volumeName);
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volumeName },
    spec: {
      capacity: STORAGE.requests,
      accessModes: common.accessModes,
      storageClassName: '',
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: folder },
    },
  };
  return [volume, { ...made, spec: { ...common, storageClassName: '', volumeName } }];
}

describe('buildless.dev/cache on a PersistentVolumeClaim', () => {
  given(() => installWebhook());
  let namespace = '';
  const registries = new Map<Installer, Registry>();
  const registryOf = (installer: Installer): Registry => {
    const registry = registries.get(installer);
    if (registry === undefined) throw new Error('not opened');
    return registry;
  };

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    namespace = await createNamespace(RESTRICTED);
    await apply(namespace, sourceOf('packages', FILES));
    for (const installer of INSTALLERS) {
      const registry = await openRegistry();
      registries.set(installer, registry);
      const stringData = { '.npmrc': npmrcOf(registry.url, 'token') };
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: installer }, stringData };
      await apply(namespace, secret, claim(installer));
    }
  });
  afterAll(async () => {
    for (const registry of registries.values()) registry.close();
    if (namespace !== '') await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  const create = async (name: string, installer: Installer): Promise<void> => {
    const pod = podOf(name, 'packages', {
      'buildless.dev/runtime': 'nodejs22',
      'buildless.dev/installer': installer,
      'buildless.dev/registry': installer,
      'buildless.dev/cache': installer,
    });
    // What makes a volume that a provisioner made writable.
    const body = { ...pod, spec: { containers: [], ...pod.spec, securityContext: { fsGroup: 1000 } } };
    await coreApi().createNamespacedPod({ namespace, body });
  };
  const answers = async (name: string): Promise<string> => {
    const pod = await eventually(() => coreApi().readNamespacedPod({ namespace, name }), isReady, 240_000);
    return (await call(pod)).text;
  };

  for (const installer of INSTALLERS) {
    it(`${installer}: one Pod is killed while it downloads, two install at once, and the next finds all that it needs`, async (context) => {
      if (!inject('node').ours && !(await hasDefaultClass())) context.skip('the cluster has no default StorageClass');
      const registry = registryOf(installer);
      registry.holds = true;
      await create(`${installer}-killed`, installer);
      await eventually(
        () => Promise.resolve(registry.waiting),
        (waiting) => waiting > 0,
        120_000,
      );
      await kubectlOk(['delete', 'pod', '-n', namespace, `${installer}-killed`, '--force', '--grace-period=0']);
      registry.holds = false;

      const pair = [`${installer}-first`, `${installer}-second`];
      for (const name of pair) await create(name, installer);
      for (const name of pair) expect(await answers(name)).toBe('1000000');

      const before = registry.archives;
      await create(`${installer}-warm`, installer);
      expect(await answers(`${installer}-warm`)).toBe('1000000');
      expect(registry.archives).toBe(before);
    });
  }
});

import type { V1OwnerReference, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { REVISION_ANNOTATION, VOLUMES } from '../../src/function/keys.ts';
import { startNpmRegistry, type FakeRegistry } from '../pod/install/fake-registry.ts';
import { packNpm } from '../node/registry.ts';
import { functionPod, source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { installWithResolver } from './installed-both.ts';
import { coreApi, createNamespace } from './kubectl.ts';
import { answering, appsApi, edit, functionDeployment, revisionNameOf, revisions } from './revisions.ts';

/** Something that makes Pods without a template that Buildless knows, as a Workflow does. */
async function createMaker(namespace: string): Promise<V1OwnerReference> {
  const { metadata } = await coreApi().createNamespacedConfigMap({ namespace, body: { metadata: { name: 'maker' } } });
  return { apiVersion: 'v1', kind: 'ConfigMap', name: 'maker', uid: metadata?.uid ?? '', controller: true };
}

async function createPod(namespace: string, pod: string, ownerReferences: V1OwnerReference[] = []): Promise<V1Pod> {
  const body = functionPod('hello', { pod });
  return coreApi().createNamespacedPod({
    namespace,
    body: { ...body, metadata: { ...body.metadata, ownerReferences } },
  });
}

const stampOf = ({ metadata }: V1Pod): string | undefined => metadata?.annotations?.[REVISION_ANNOTATION];

const mounted = ({ spec }: V1Pod): string | undefined =>
  spec?.volumes?.find(({ name }) => name === VOLUMES.source)?.configMap?.name;

const ownersOf = async (namespace: string): Promise<Readonly<Record<string, readonly string[]>>> =>
  Object.fromEntries(
    (await revisions(namespace)).map(({ metadata }) => [
      metadata?.name ?? '',
      (metadata?.ownerReferences ?? []).map(({ kind, name }) => `${kind}/${name}`).sort(),
    ]),
  );

const untilOwners = (namespace: string, wanted: Readonly<Record<string, readonly string[]>>): Promise<unknown> =>
  eventually(
    () => ownersOf(namespace),
    (found) => JSON.stringify(sorted(found)) === JSON.stringify(sorted(wanted)),
    120_000,
  );
const sorted = (record: Readonly<Record<string, readonly string[]>>): unknown =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

describe('a Pod that no stamped template made', () => {
  let registry: FakeRegistry | undefined;
  const ADDRESS = 'http://127.0.0.1';
  beforeAll(async () => {
    const { archive } = packNpm('left', 'module.exports = 1;');
    registry = await startNpmRegistry([{ name: 'left', version: '1.0.0', archive, hasInstallScript: false }]);
  });
  afterAll(() => registry?.close());
  given(() =>
    installWithResolver(
      { npm_config_registry: registry?.address ?? ADDRESS },
      { configuration: `dependencies: { registries: { nodejs: ["${registry?.address ?? ADDRESS}"] } }` },
    ),
  );

  it('runs the revision that its source is when it is created; a later edit reaches the next Pod alone', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const owner = await createMaker(namespace);
    const [one, two] = ['one', 'two'].map((answer) => revisionNameOf('hello', answering(answer)));
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
    const first = await createPod(namespace, 'step-1', [owner]);
    expect([stampOf(first), mounted(first)]).toEqual([`files:${one ?? ''}`, one]);
    await untilOwners(namespace, { [one ?? '']: ['Pod/step-1'] });

    await edit(namespace, 'hello', answering('two'));
    const second = await createPod(namespace, 'step-2', [owner]);
    expect([stampOf(second), mounted(second)]).toEqual([`files:${two ?? ''}`, two]);
    await untilOwners(namespace, { [one ?? '']: ['Pod/step-1'], [two ?? '']: ['Pod/step-2'] });
    const kept = await coreApi().readNamespacedPod({ namespace, name: 'step-1' });
    expect([stampOf(kept), mounted(kept)]).toEqual([`files:${one ?? ''}`, one]);

    // Nothing is left behind by Pods that are gone, and what a Pod runs stays.
    await coreApi().deleteNamespacedPod({ namespace, name: 'step-1', gracePeriodSeconds: 0 });
    await untilOwners(namespace, { [two ?? '']: ['Pod/step-2'] });
  });

  it('shares a revision with the others that run it, also one that nobody owns', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const name = revisionNameOf('hello', answering('one'));
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
    await appsApi().createNamespacedDeployment({ namespace, body: functionDeployment('hello') });
    await createPod(namespace, 'by-hand');
    await untilOwners(namespace, { [name]: ['Deployment/hello', 'Pod/by-hand'] });
  });

  it('installs by a lock of the cluster, as the Pods of a Deployment do', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const files = { ...answering('one'), 'package.json': '{"dependencies":{"left":"1.0.0"}}' };
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', files) });
    const pod = await createPod(namespace, 'by-hand');
    const lock = pod.spec?.volumes?.find(({ name }) => name === VOLUMES.lock)?.configMap?.name ?? '';
    expect(stampOf(pod)).toBe(`files:${revisionNameOf('hello', files)} lock:${lock}`);
    await untilOwners(namespace, { [revisionNameOf('hello', files)]: ['Pod/by-hand'], [lock]: ['Pod/by-hand'] });
    const { data } = await coreApi().readNamespacedConfigMap({ namespace, name: lock });
    expect(data?.['package-lock.json']).toContain('"node_modules/left"');
  });

  it('gets none if a template made it that names none, as after an undo to a time before the controller', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
    const { metadata } = await appsApi().createNamespacedReplicaSet({
      namespace,
      body: {
        metadata: { name: 'older' },
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'older' } },
          template: {
            metadata: { labels: { app: 'older' } },
            spec: { containers: [{ name: 'main', image: 'main:1' }] },
          },
        },
      },
    });
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'older', uid: metadata?.uid ?? '' };
    const pod = await createPod(namespace, 'older-1', [{ ...owner, controller: true }]);
    expect([stampOf(pod), mounted(pod)]).toEqual([undefined, 'hello']);
  });
});

import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { FUNCTION_LABEL, REVISION_ANNOTATION, VOLUMES } from '../../src/function/keys.ts';
import { digestOf, filesOfConfigMap } from '../../src/function/files.ts';
import { revisionObject } from '../../src/revision/snapshot.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { defineCustomKinds } from './control-account.ts';
import { functionPod, listOf, source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { installWithLease } from './held-lease.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk, podsOf } from './kubectl.ts';
import { answering, appsApi, functionDeployment, revisionNameOf, stampOf, templateOf } from './revisions.ts';

const IMAGE = DEFAULT_CONFIGURATION.runtimes.nodejs22?.image;

const ONE = answering('one');
const TWO = answering('two');
const stampFor = (files: typeof ONE): string => `files:${revisionNameOf('hello', files)}`;

/** Stores a revision as the controller does. */
async function store(namespace: string, files: typeof ONE): Promise<void> {
  const read = filesOfConfigMap('hello', { data: files });
  if ('findings' in read) throw new Error('not a source');
  const name = revisionNameOf('hello', files);
  const digest = digestOf(read.files);
  const content = { data: files };
  const { metadata, ...rest } = revisionObject({ namespace, name, holds: 'files', digest, owners: [], content });
  const body = {
    ...rest,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels },
      annotations: { ...metadata.annotations },
      ownerReferences: [],
    },
    data: { ...files },
    binaryData: {},
  };
  await coreApi().createNamespacedConfigMap({ namespace, body });
}

const apply = async (namespace: string, ...objects: readonly object[]): Promise<string> => {
  const { status, stderr } = await kubectl(['apply', '-n', namespace, '-f', '-'], listOf(...objects));
  if (status !== 0) throw new Error(stderr);
  return stderr;
};

const imageOf = (image: string): ReturnType<typeof functionDeployment> => {
  const object = functionDeployment('hello');
  const [container] = object.spec.template.spec?.containers ?? [];
  if (container !== undefined) container.image = image;
  return object;
};

const OWN_IMAGE = 'registry.example/own@sha256:' + '0'.repeat(64);

async function replicaSets(namespace: string): Promise<readonly (string | undefined)[]> {
  const { items } = await appsApi().listNamespacedReplicaSet({ namespace });
  return items.map(({ spec }) => spec?.template?.metadata?.annotations?.[REVISION_ANNOTATION]);
}

const mountedBy = ({ spec }: V1Pod): string | undefined =>
  spec?.volumes?.find(({ name }) => name === VOLUMES.source)?.configMap?.name;

describe('while a controller holds its Lease', () => {
  const installed = given(installWithLease);

  it.withControllers(
    'the first apply of ConfigMap and Deployment in one file carries the stamp in the first ReplicaSet and its Pods',
    async () => {
      const namespace = await createNamespace(OPTED_IN);
      expect(await apply(namespace, source('hello', ONE), functionDeployment('hello'))).toBe('');
      expect(await stampOf(namespace, 'hello')).toEqual({ text: stampFor(ONE), generation: 1 });
      const pods = await podsOf(namespace, `${FUNCTION_LABEL}=hello`, 1);
      // It waits for the revision, which the controller stores.
      expect(pods.map(mountedBy)).toEqual([revisionNameOf('hello', ONE)]);
      expect(await replicaSets(namespace)).toEqual([stampFor(ONE)]);
      expect(await templateOf(namespace, 'deployment', 'hello')).toMatchObject({
        followed: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      });
    },
  );

  it('a Deployment before its ConfigMap follows nothing yet', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, functionDeployment('hello'));
    expect(await templateOf(namespace, 'deployment', 'hello')).toMatchObject({ stamp: undefined, followed: 'none' });
  });

  it.withControllers('an undo brings the old stamp back, and it stays when the image changes after it', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', ONE), functionDeployment('hello'));
    await store(namespace, ONE);
    await apply(namespace, source('hello', TWO), imageOf(OWN_IMAGE));
    await store(namespace, TWO);
    const { followed } = await templateOf(namespace, 'deployment', 'hello');
    expect(await stampOf(namespace, 'hello')).toMatchObject({ text: stampFor(TWO), generation: 2 });
    await eventually(
      () => replicaSets(namespace),
      (stamps) => stamps.length === 2,
    );
    await kubectlOk(['rollout', 'undo', 'deployment/hello', '-n', namespace]);
    expect(await templateOf(namespace, 'deployment', 'hello')).toMatchObject({ stamp: stampFor(ONE), followed });
    await kubectlOk(['set', 'env', 'deployment/hello', '-n', namespace, 'A=b']);
    expect(await templateOf(namespace, 'deployment', 'hello')).toMatchObject({ stamp: stampFor(ONE), followed });
  });

  it('ConfigMap and template edited in one apply are one rollout', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', ONE), functionDeployment('hello'));
    await apply(namespace, source('hello', TWO), imageOf(OWN_IMAGE));
    expect(await stampOf(namespace, 'hello')).toEqual({ text: stampFor(TWO), generation: 2 });
  });

  it('"kubectl replace", as "helm upgrade --force", loses neither stamp nor what is followed', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', ONE), functionDeployment('hello'));
    const before = await templateOf(namespace, 'deployment', 'hello');
    for (const manifest of [functionDeployment('hello'), imageOf(OWN_IMAGE)]) {
      await kubectlOk(['replace', '-n', namespace, '-f', '-'], manifest);
      expect(await templateOf(namespace, 'deployment', 'hello')).toEqual(before);
    }
  });

  it('the stamp of an exported manifest does not win when that is applied, and its author is told', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', ONE), functionDeployment('hello'));
    await store(namespace, ONE);
    await apply(namespace, source('hello', TWO), imageOf(OWN_IMAGE));
    const exported = imageOf(OWN_IMAGE);
    Object.assign(exported.spec.template.metadata?.annotations ?? {}, { [REVISION_ANNOTATION]: stampFor(ONE) });
    const printed = await apply(namespace, exported);
    expect(printed).toContain(`the manifest brings the revision "${stampFor(ONE)}", which it was exported with`);
    expect(await stampOf(namespace, 'hello')).toMatchObject({ text: stampFor(TWO) });
    await kubectlOk(['delete', 'deployment', 'hello', '-n', namespace]);
    await apply(namespace, exported);
    expect(await stampOf(namespace, 'hello')).toMatchObject({ text: stampFor(TWO) });
  });

  it('nothing is left to do: apply again, diff, and server-side apply by another manager', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const manifest = listOf(source('hello', ONE), functionDeployment('hello'));
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], manifest);
    const before = await appsApi().readNamespacedDeployment({ namespace, name: 'hello' });
    const again = await kubectlOk(['apply', '-n', namespace, '-f', '-'], manifest);
    expect(again.trim().split('\n')).toEqual(['configmap/hello unchanged', 'deployment.apps/hello unchanged']);
    expect(await kubectl(['diff', '-n', namespace, '-f', '-'], manifest)).toMatchObject({ status: 0, stdout: '' });
    const serverSide = [
      'apply',
      '--server-side',
      '--force-conflicts',
      '--field-manager=flux',
      '-n',
      namespace,
      '-f',
      '-',
    ];
    await kubectlOk(serverSide, manifest);
    await kubectlOk(serverSide, manifest);
    const after = await appsApi().readNamespacedDeployment({ namespace, name: 'hello' });
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata?.labels).toEqual(before.metadata?.labels);
  });

  it('a StatefulSet, a DaemonSet, a CronJob, a Job and a ReplicaSet are stamped', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const { template, selector } = functionDeployment('hello').spec;
    const metadata = { name: 'hello' };
    const once = structuredClone(template);
    Object.assign(once.spec ?? {}, { restartPolicy: 'Never' });
    const [container] = once.spec?.containers ?? [];
    Object.assign(container ?? {}, { command: ['node', '-e', '0'] });
    await apply(
      namespace,
      source('hello', ONE),
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata,
        spec: { serviceName: 'hello', replicas: 0, selector, template },
      },
      { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { selector, template } },
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec: { replicas: 0, selector, template } },
      { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { suspend: true, template: once } },
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata,
        spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: once } } },
      },
    );
    const followed = expect.stringMatching(/^[0-9a-f]{32}$/) as string;
    for (const kind of ['statefulset', 'daemonset', 'cronjob']) {
      expect(await templateOf(namespace, kind, 'hello')).toMatchObject({ stamp: stampFor(ONE), followed });
    }
    for (const kind of ['job', 'replicaset']) {
      expect(await templateOf(namespace, kind, 'hello')).toMatchObject({ stamp: stampFor(ONE), followed: undefined });
    }
    await kubectlOk(['create', 'job', 'now', '--from=cronjob/hello', '-n', namespace]);
    expect(await templateOf(namespace, 'job', 'now')).toMatchObject({ stamp: stampFor(ONE), followed: undefined });
  });

  it('an Argo Rollout is stamped, but not one that names a Deployment', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const removeKinds = await defineCustomKinds();
    try {
      const { template, selector } = functionDeployment('hello').spec;
      const rollout = (name: string, spec: object): object => ({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: { name },
        spec,
      });
      const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello' };
      await apply(namespace, source('hello', ONE));
      await apply(namespace, rollout('hello', { selector, template }), rollout('names', { selector, workloadRef }));
      expect(await templateOf(namespace, 'rollout', 'hello')).toMatchObject({
        stamp: stampFor(ONE),
        followed: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      });
      expect(await templateOf(namespace, 'rollout', 'names')).toMatchObject({ stamp: undefined, followed: undefined });
    } finally {
      await removeKinds();
    }
  });

  it('a Knative Service is stamped, and has the image and the probe that Knative needs; the Deployments of its revisions are left alone', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const removeKinds = await defineCustomKinds();
    try {
      const { template, selector } = functionDeployment('hello').spec;
      const { labels, annotations } = template.metadata ?? {};
      const service = {
        apiVersion: 'serving.knative.dev/v1',
        kind: 'Service',
        metadata: { name: 'hello' },
        spec: { template: { metadata: { labels, annotations }, spec: { containers: [{ image: 'auto' }] } } },
      };
      await apply(namespace, source('hello', ONE), service);
      const kind = 'services.serving.knative.dev';
      expect(await templateOf(namespace, kind, 'hello')).toMatchObject({
        stamp: stampFor(ONE),
        followed: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      });
      const path = '{.spec.template.spec.containers[0]}';
      const container = await kubectlOk(['get', kind, 'hello', '-n', namespace, '-o', `jsonpath=${path}`]);
      const readinessProbe = { httpGet: { path: '/healthz', port: 8080 } };
      expect(JSON.parse(container)).toMatchObject({ image: IMAGE, readinessProbe });
      const owner = {
        apiVersion: 'serving.knative.dev/v1',
        kind: 'Revision',
        name: 'hello-00001',
        uid: '1',
        controller: true,
      };
      await apply(namespace, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'hello-00001-deployment', ownerReferences: [owner] },
        spec: { replicas: 0, selector, template },
      });
      const copy = await templateOf(namespace, 'deployment', 'hello-00001-deployment');
      expect(copy).toMatchObject({ stamp: undefined, followed: undefined });
    } finally {
      await removeKinds();
    }
  });

  it('a scale, a label and a status do not ask the webhook', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', ONE), functionDeployment('hello'));
    const reviews = async (): Promise<number> =>
      (await installed().webhook().metrics()).reviews({ webhook: 'mutate', kind: 'Deployment' });
    const before = await reviews();
    await kubectlOk(['scale', 'deployment/hello', '--replicas=0', '-n', namespace]);
    await kubectlOk(['label', 'deployment/hello', 'a=b', '-n', namespace]);
    await kubectlOk(['annotate', 'deployment/hello', 'a=b', '-n', namespace]);
    expect(await reviews()).toBe(before);
  });

  it('a Pod whose revision is nowhere is refused with the reason', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', TWO));
    const pod = functionPod('hello', { annotations: { [REVISION_ANNOTATION]: stampFor(ONE) } });
    const { status, stderr } = await kubectl(['create', '-n', namespace, '-f', '-'], pod);
    expect(status).not.toBe(0);
    expect(stderr).toContain(
      `the revision ${revisionNameOf('hello', ONE)} is not stored, and configmap:hello does not have its files`,
    );
    await store(namespace, ONE);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], pod);
    const created = await coreApi().readNamespacedPod({ namespace, name: 'hello' });
    expect(mountedBy(created)).toBe(revisionNameOf('hello', ONE));
  });

  it('several ConfigMaps of one source are one projected volume', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const more = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'data' },
      data: { 'data..words.json': '[]' },
    };
    const annotations = { 'buildless.dev/source': 'configmap:hello+data' };
    await apply(namespace, source('hello', ONE), more, functionPod('hello', { annotations }));
    const { spec } = await coreApi().readNamespacedPod({ namespace, name: 'hello' });
    const projected = spec?.volumes?.find(({ name }) => name === VOLUMES.source)?.projected;
    // Of the revision that the source is now.
    expect(projected?.sources?.map(({ configMap }) => configMap?.name)).toEqual([
      expect.stringMatching(/^hello-[0-9a-f]{10}$/),
      expect.stringMatching(/^data-[0-9a-f]{10}$/),
    ]);
  });
});

describe('as soon as the Lease is not renewed any more', () => {
  const installed = given(installWithLease);

  it('nothing is stamped, and stamped Pods run the source as long as it has the files of their revision', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', ONE), functionDeployment('hello'));
    const pod = (name: string): V1Pod =>
      functionPod('hello', { pod: name, annotations: { [REVISION_ANNOTATION]: stampFor(ONE) } });
    await kubectlOk(['create', '-n', namespace, '-f', '-'], pod('awaits'));
    installed().lease.abandon();
    const mounts = await eventually(
      async () => {
        const name = `again-${Math.random().toString(36).slice(2)}`;
        await kubectlOk(['create', '-n', namespace, '-f', '-'], pod(name));
        return mountedBy(await coreApi().readNamespacedPod({ namespace, name }));
      },
      (mounted) => mounted === 'hello',
    );
    expect(mounts).toBe('hello');
    expect(mountedBy(await coreApi().readNamespacedPod({ namespace, name: 'awaits' }))).toBe(
      revisionNameOf('hello', ONE),
    );
    const other = await createNamespace(OPTED_IN);
    await apply(other, source('hello', ONE), functionDeployment('hello'));
    expect(await templateOf(other, 'deployment', 'hello')).toMatchObject({ stamp: undefined, followed: undefined });
    await installed().lease.renew();
    await eventually(
      async () => {
        await kubectlOk(['delete', 'deployment', 'hello', '-n', other]);
        await apply(other, functionDeployment('hello'));
        return stampOf(other, 'hello');
      },
      ({ text }) => text === stampFor(ONE),
    );
  });
});

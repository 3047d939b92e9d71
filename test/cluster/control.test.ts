import { setTimeout as delay } from 'node:timers/promises';
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { FOLLOWED_LABEL, POLICY_LABELS, REVISION_ANNOTATION, ROLLOUT_LABEL } from '../../src/function/keys.ts';
import { installController } from './controller.ts';
import { functionPod, source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';
import {
  answering,
  appsApi,
  batchApi,
  createFunction,
  edit,
  events,
  functionDeployment,
  revisionNameOf,
  revisions,
  stamped,
  stampOf,
  templateOf,
} from './revisions.ts';

/** Longer than the wait for quiet and everything after it. */
const SETTLED = 2500;

describe('an edit of a source', () => {
  const control = given(() => installController());

  it('starts nothing when a workload is met for the first time: what runs is what it follows', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const { metadata, spec } = await createFunction(namespace, 'hello', answering('one'));
    expect(metadata?.labels?.[FOLLOWED_LABEL]).toMatch(/^[0-9a-f]{32}$/);
    expect(metadata?.generation).toBe(1);
    expect(spec?.template.metadata?.annotations).not.toHaveProperty([REVISION_ANNOTATION]);
    expect(await revisions(namespace)).toEqual([]);
  });

  it('starts one rollout soon, by exactly one patch, and stores an immutable copy', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    const before = await control().controller().metrics();
    const started = performance.now();
    await edit(namespace, 'hello', answering('two'));
    const { text, generation } = await stamped(namespace, 'hello');
    // 1.0 s on a quiet machine (npm run bench -- control); this one may be busy.
    expect(performance.now() - started).toBeLessThan(12_000);
    expect(generation).toBe(2);
    expect(text).toBe(`files:${revisionNameOf('hello', answering('two'))}`);
    const patches = { method: 'PATCH' };
    const after = await control().controller().metrics();
    expect(after.requests(patches) - before.requests(patches)).toBe(1);
    const [snapshot, ...more] = await revisions(namespace);
    expect(more).toEqual([]);
    expect(snapshot).toMatchObject({ data: answering('two'), immutable: true });
    expect(snapshot?.metadata?.ownerReferences?.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      'Deployment/hello',
    ]);
    await eventually(
      () => events(namespace, 'RolledOut'),
      ({ length }) => length === 1,
    );
  });

  it('is one rollout, of the last state, if there are two in 100 ms', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    await edit(namespace, 'hello', answering('two'));
    await edit(namespace, 'hello', answering('three'));
    const { text } = await stamped(namespace, 'hello');
    await delay(SETTLED);
    expect(text).toBe(`files:${revisionNameOf('hello', answering('three'))}`);
    expect(await stampOf(namespace, 'hello')).toEqual({ text, generation: 2 });
    expect(await revisions(namespace)).toHaveLength(1);
  });

  it('is nothing if it is reverted at once, or changes only labels', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    await edit(namespace, 'hello', answering('two'));
    await edit(namespace, 'hello', answering('one'));
    await kubectlOk(['label', 'configmap', 'hello', 'team=shop', '-n', namespace]);
    await delay(SETTLED);
    expect(await stampOf(namespace, 'hello')).toEqual({ text: undefined, generation: 1 });
    expect(await revisions(namespace)).toEqual([]);
  });

  it('rolls out during a rollout as well, and one that reverts it', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    for (const [index, answer] of ['two', 'three', 'two'].entries()) {
      await edit(namespace, 'hello', answering(answer));
      const name = revisionNameOf('hello', answering(answer));
      const { generation } = await stamped(namespace, 'hello', (text) => text === `files:${name}`);
      expect(generation).toBe(2 + index);
    }
    expect(await revisions(namespace)).toHaveLength(2);
  });

  it('that is refused rolls nothing and is reported once; the next good one rolls out', async () => {
    const namespace = await createNamespace({ ...OPTED_IN, [POLICY_LABELS.enforce]: 'exact' });
    await createFunction(namespace, 'hello', answering('one'), { labelled: false });
    const floats = { ...answering('two'), 'package.json': '{"dependencies":{"left-pad":"^1.0.0"}}' };
    await edit(namespace, 'hello', floats);
    const [event] = await eventually(
      () => events(namespace, 'SourceRefused'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain('left-pad');
    expect(event?.regarding).toMatchObject({ kind: 'Deployment', name: 'hello' });
    // Events of the workload make the controller look at it again.
    await kubectlOk(['label', 'deployment', 'hello', 'touched=yes', '-n', namespace]);
    await delay(SETTLED);
    expect(await stampOf(namespace, 'hello')).toEqual({ text: undefined, generation: 1 });
    expect(await events(namespace, 'SourceRefused')).toHaveLength(1);
    expect(await revisions(namespace)).toEqual([]);
    await edit(namespace, 'hello', answering('three'));
    expect((await stamped(namespace, 'hello')).text).toBe(`files:${revisionNameOf('hello', answering('three'))}`);
  });

  it('without the handler is refused like a dependency that floats', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    await edit(namespace, 'hello', { 'other.js': '' });
    const [event] = await eventually(
      () => events(namespace, 'SourceRefused'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain('[handler-not-found]');
  });

  it('is rolled out as soon as the namespace allows it', async () => {
    const namespace = await createNamespace({ ...OPTED_IN, [POLICY_LABELS.enforce]: 'exact' });
    await createFunction(namespace, 'hello', answering('one'), { labelled: false });
    await edit(namespace, 'hello', { ...answering('two'), 'requirements.txt': '', 'package.json': '{"main": "x.js"}' });
    await stamped(namespace, 'hello');
    await edit(namespace, 'hello', { ...answering('two'), 'package.json': '{"dependencies":{"left-pad":"^1.0.0"}}' });
    await eventually(
      () => events(namespace, 'SourceRefused'),
      ({ length }) => length > 0,
    );
    await kubectlOk(['label', 'namespace', namespace, `${POLICY_LABELS.enforce}=no-latest`, '--overwrite']);
    await stamped(namespace, 'hello', (text) => text?.includes(' lock:') === true);
  });

  it.withControllers('stays undone after kubectl rollout undo, until the next edit', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    const name = (answer: string): string => `files:${revisionNameOf('hello', answering(answer))}`;
    for (const answer of ['two', 'three']) {
      await edit(namespace, 'hello', answering(answer));
      await stamped(namespace, 'hello', (text) => text === name(answer));
      await kubectlOk(['get', 'replicasets', '-n', namespace]);
    }
    await eventually(
      async () => (await appsApi().listNamespacedReplicaSet({ namespace })).items.length,
      (count) => count === 3,
    );
    await kubectlOk(['rollout', 'undo', 'deployment/hello', '-n', namespace]);
    const undone = await stamped(namespace, 'hello', (text) => text === name('two'));
    await delay(SETTLED);
    expect(await stampOf(namespace, 'hello')).toEqual(undone);
    await edit(namespace, 'hello', answering('four'));
    await stamped(namespace, 'hello', (text) => text === name('four'));
  });

  it('rolls out to StatefulSets, DaemonSets and CronJobs', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
    const template = functionDeployment('hello').spec.template;
    const selector = { matchLabels: { app: 'hello' } };
    const metadata = { name: 'hello' };
    await appsApi().createNamespacedStatefulSet({
      namespace,
      body: { metadata, spec: { serviceName: 'hello', selector, template } },
    });
    await appsApi().createNamespacedDaemonSet({ namespace, body: { metadata, spec: { selector, template } } });
    const spec = { ...template.spec, restartPolicy: 'Never', containers: template.spec?.containers ?? [] };
    const jobTemplate = { spec: { template: { ...template, spec } } };
    await batchApi().createNamespacedCronJob({
      namespace,
      body: { metadata, spec: { schedule: '0 0 1 1 *', jobTemplate } },
    });
    const kinds = ['statefulset', 'daemonset', 'cronjob'];
    for (const kind of kinds) {
      await eventually(
        () => templateOf(namespace, kind, 'hello'),
        ({ followed }) => followed !== undefined,
      );
    }
    await edit(namespace, 'hello', answering('two'));
    for (const kind of kinds) {
      const { stamp } = await eventually(
        () => templateOf(namespace, kind, 'hello'),
        (template) => template.stamp !== undefined,
      );
      expect(stamp).toBe(`files:${revisionNameOf('hello', answering('two'))}`);
    }
    const [snapshot] = await eventually(
      () => revisions(namespace),
      ([first]) => first?.metadata?.ownerReferences?.length === 3,
    );
    expect(snapshot?.metadata?.ownerReferences?.map(({ kind }) => kind).sort()).toEqual([
      'CronJob',
      'DaemonSet',
      'StatefulSet',
    ]);
  });

  it('leaves rollout: manual, Jobs, bare ReplicaSets and bare Pods alone', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
    const manual = functionDeployment('hello', { [ROLLOUT_LABEL]: 'manual' });
    await appsApi().createNamespacedDeployment({ namespace, body: manual });
    const { template, selector } = manual.spec;
    const metadata = { name: 'hello' };
    await appsApi().createNamespacedReplicaSet({
      namespace,
      body: {
        metadata,
        spec: {
          replicas: 0,
          selector: { matchLabels: { ...selector.matchLabels, bare: 'yes' } },
          template: withLabel(template),
        },
      },
    });
    const spec = { ...template.spec, restartPolicy: 'Never', containers: template.spec?.containers ?? [] };
    await batchApi().createNamespacedJob({ namespace, body: { metadata, spec: { template: { ...template, spec } } } });
    await coreApi().createNamespacedPod({ namespace, body: functionPod('hello') });
    const kinds = ['deployment', 'replicaset', 'job', 'pod'];
    const versions = (): Promise<readonly unknown[]> =>
      Promise.all(kinds.slice(1).map(async (kind) => (await templateOf(namespace, kind, 'hello')).managers));
    const before = await versions();
    await eventually(
      () => templateOf(namespace, 'deployment', 'hello'),
      ({ followed }) => followed !== undefined,
    );
    await edit(namespace, 'hello', answering('two'));
    await delay(SETTLED);
    expect(await stampOf(namespace, 'hello')).toEqual({ text: undefined, generation: 1 });
    expect(await versions()).toEqual(before);
    await kubectlOk(['label', 'deployment', 'hello', `${ROLLOUT_LABEL}=auto`, '--overwrite', '-n', namespace]);
    await stamped(namespace, 'hello');
  });

  it('does nothing in a namespace that did not opt in, until it does', async () => {
    const namespace = await createNamespace();
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
    await appsApi().createNamespacedDeployment({ namespace, body: functionDeployment('hello') });
    await delay(SETTLED);
    expect((await templateOf(namespace, 'deployment', 'hello')).followed).toBeUndefined();
    await kubectlOk(['label', 'namespace', namespace, ...Object.entries(OPTED_IN).map((pair) => pair.join('='))]);
    await eventually(
      () => templateOf(namespace, 'deployment', 'hello'),
      ({ followed }) => followed !== undefined,
    );
  });

  it('follows every ConfigMap of a source that has several', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await coreApi().createNamespacedConfigMap({ namespace, body: source('lib', { 'lib.js': '1' }) });
    await createFunction(namespace, 'hello', answering('one'), { source: 'configmap:hello+lib' });
    await edit(namespace, 'lib', { 'lib.js': '2' });
    const names = [revisionNameOf('hello', answering('one')), revisionNameOf('lib', { 'lib.js': '2' })];
    expect((await stamped(namespace, 'hello')).text).toBe(`files:${names.join('+')}`);
    expect(await revisions(namespace)).toHaveLength(2);
  });
});

function withLabel(template: V1PodTemplateSpec): V1PodTemplateSpec {
  return { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, bare: 'yes' } } };
}

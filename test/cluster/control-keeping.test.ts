import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { FOLLOWED_LABEL, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { FOLLOWS_NOTHING } from '../../src/function/source-state.ts';
import { installController } from './controller.ts';
import { source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';
import {
  answering,
  appsApi,
  createFunction,
  edit,
  events,
  functionDeployment,
  revisionNameOf,
  revisions,
  stamped,
} from './revisions.ts';

const HISTORY = 3;
const SETTLED = 2500;

const namesOf = async (namespace: string): Promise<readonly string[]> =>
  (await revisions(namespace)).map(({ metadata }) => metadata?.name ?? '').sort();

describe('the revisions of a source', () => {
  given(() => installController({ configuration: `revisions:\n  history: ${HISTORY}\n` }));

  it('exist as soon as a template names them: the webhook stamps before anybody stored anything', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
    const { data } = await coreApi().readNamespacedConfigMap({ namespace, name: 'hello' });
    const name = revisionNameOf('hello', data ?? {});
    const body = functionDeployment('hello', {}, { [REVISION_ANNOTATION]: `files:${name}` });
    const { metadata } = await appsApi().createNamespacedDeployment({ namespace, body });
    const [snapshot] = await eventually(
      () => revisions(namespace),
      ({ length }) => length === 1,
    );
    expect(snapshot).toMatchObject({ metadata: { name }, data, immutable: true });
    expect(snapshot?.metadata?.ownerReferences).toEqual([
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello', uid: metadata?.uid },
    ]);
  });

  it('are rolled out once to a workload that was there before its source', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const body = functionDeployment('hello', { [FOLLOWED_LABEL]: FOLLOWS_NOTHING });
    await appsApi().createNamespacedDeployment({ namespace, body });
    await eventually(
      () => events(namespace, 'SourceMissing'),
      ({ length }) => length === 1,
    );
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
    expect((await stamped(namespace, 'hello')).generation).toBe(2);
  });

  it('come back if somebody deletes them, as long as the source has that content', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    await edit(namespace, 'hello', answering('two'));
    await stamped(namespace, 'hello');
    const name = revisionNameOf('hello', answering('two'));
    await kubectlOk(['delete', 'configmap', name, '-n', namespace]);
    const [again] = await eventually(
      () => revisions(namespace),
      ({ length }) => length === 1,
    );
    expect(again).toMatchObject({ metadata: { name }, data: answering('two') });
    expect(again?.metadata?.ownerReferences).toHaveLength(1);
  });

  it('are reported if they cannot be made again, and nothing rolls by itself', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const lost = 'hello-0123456789';
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
    const body = functionDeployment('hello', {}, { [REVISION_ANNOTATION]: `files:${lost}` });
    await appsApi().createNamespacedDeployment({ namespace, body });
    const [event] = await eventually(
      () => events(namespace, 'RevisionNotStored'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain(lost);
    expect((await stamped(namespace, 'hello')).generation).toBe(1);
  });

  it('are not asked of a source that vanished: what is named stays', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    await edit(namespace, 'hello', answering('two'));
    const before = await stamped(namespace, 'hello');
    await kubectlOk(['delete', 'configmap', 'hello', '-n', namespace]);
    await delay(SETTLED);
    expect(await stamped(namespace, 'hello')).toEqual(before);
    expect(await namesOf(namespace)).toEqual([revisionNameOf('hello', answering('two'))]);
    // It comes back with other content: an edit like any other.
    await coreApi().createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: 'hello' }, data: { ...answering('three') } },
    });
    const three = `files:${revisionNameOf('hello', answering('three'))}`;
    await stamped(namespace, 'hello', (text) => text === three);
  });

  it.withControllers('are kept while a ReplicaSet names them, and the newest of the others', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('0'));
    await kubectlOk([
      'patch',
      'deployment',
      'hello',
      '-n',
      namespace,
      '-p',
      '{"spec":{"revisionHistoryLimit":1,"replicas":0}}',
    ]);
    const answers = ['1', '2', '3', '4', '5', '6'];
    for (const answer of answers) {
      await edit(namespace, 'hello', answering(answer));
      const name = `files:${revisionNameOf('hello', answering(answer))}`;
      await stamped(namespace, 'hello', (text) => text === name);
    }
    // Named: the newest and the one of the ReplicaSet before it.
    const kept = answers.slice(-2 - HISTORY).map((answer) => revisionNameOf('hello', answering(answer)));
    await eventually(
      () => namesOf(namespace),
      (names) => JSON.stringify(names) === JSON.stringify([...kept].sort()),
    );
  });

  it('have a longer name if another object has theirs', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    const taken = revisionNameOf('hello', answering('two'));
    await coreApi().createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: taken }, data: { mine: 'yes' } },
    });
    await edit(namespace, 'hello', answering('two'));
    const { text } = await stamped(namespace, 'hello');
    expect(text).toMatch(new RegExp(`^files:${taken}[0-9a-f]{6}$`));
    expect((await coreApi().readNamespacedConfigMap({ namespace, name: taken })).data).toEqual({ mine: 'yes' });
  });

  it('have a longer name also if the webhook wrote the one that is taken', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    const taken = revisionNameOf('hello', answering('one'));
    await coreApi().createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: taken }, data: { mine: 'yes' } },
    });
    const patch = { spec: { template: { metadata: { annotations: { [REVISION_ANNOTATION]: `files:${taken}` } } } } };
    await kubectlOk(['patch', 'deployment', 'hello', '-n', namespace, '-p', JSON.stringify(patch)]);
    await stamped(namespace, 'hello', (text) => text !== undefined && text !== `files:${taken}`);
  });

  it.withControllers('make room for each other under a full quota, or say that there is none', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('1'));
    const noHistory = { spec: { replicas: 0, revisionHistoryLimit: 0 } };
    await kubectlOk(['patch', 'deployment', 'hello', '-n', namespace, '-p', JSON.stringify(noHistory)]);
    for (const answer of ['2', '3']) {
      await edit(namespace, 'hello', answering(answer));
      const name = `files:${revisionNameOf('hello', answering(answer))}`;
      await stamped(namespace, 'hello', (text) => text === name);
    }
    await eventually(
      async () => (await appsApi().listNamespacedReplicaSet({ namespace })).items.length,
      (count) => count === 1,
    );
    const held = (await coreApi().listNamespacedConfigMap({ namespace })).items.length;
    await kubectlOk(['create', 'quota', 'few', '-n', namespace, `--hard=count/configmaps=${held}`]);
    await eventually(
      async () => (await coreApi().readNamespacedResourceQuota({ namespace, name: 'few' })).status?.used,
      (used) => used?.['count/configmaps'] === String(held),
    );
    await edit(namespace, 'hello', answering('4'));
    const four = `files:${revisionNameOf('hello', answering('4'))}`;
    await stamped(namespace, 'hello', (text) => text === four);
    expect(await namesOf(namespace)).not.toContain(revisionNameOf('hello', answering('2')));

    await kubectlOk(['patch', 'quota', 'few', '-n', namespace, '-p', '{"spec":{"hard":{"count/configmaps":"1"}}}']);
    await edit(namespace, 'hello', answering('5'));
    const [event] = await eventually(
      () => events(namespace, 'RevisionNotStored'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain('exceeded quota');
  });

  it.withControllers('go with the last workload that names them', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    await appsApi().createNamespacedDeployment({ namespace, body: sharing('other') });
    for (const answer of ['two', 'three']) {
      await edit(namespace, 'hello', answering(answer));
      const name = `files:${revisionNameOf('hello', answering(answer))}`;
      await stamped(namespace, 'hello', (text) => text === name);
      await stamped(namespace, 'other', (text) => text === name);
    }
    await eventually(
      () => revisions(namespace),
      (all) => all.length === 2 && all.every(({ metadata }) => metadata?.ownerReferences?.length === 2),
    );
    await kubectlOk(['delete', 'deployment', 'hello', '-n', namespace]);
    await delay(SETTLED);
    expect(await revisions(namespace)).toHaveLength(2);
    await kubectlOk(['delete', 'deployment', 'other', '-n', namespace, '--cascade=foreground']);
    await eventually(
      () => revisions(namespace),
      ({ length }) => length === 0,
    );
  });

  it.withControllers('do not keep a namespace from being deleted', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    await edit(namespace, 'hello', answering('two'));
    await stamped(namespace, 'hello');
    await kubectlOk(['delete', 'namespace', namespace, '--timeout=60s']);
  });
});

/** A second workload with the source of hello. */
function sharing(name: string): ReturnType<typeof functionDeployment> {
  return functionDeployment(name, {}, { 'buildless.dev/source': 'configmap:hello' });
}

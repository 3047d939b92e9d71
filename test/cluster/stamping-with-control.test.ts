import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { FOLLOWED_LABEL, FUNCTION_LABEL, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { blocksOf } from '../docs/page.ts';
import { listOf, source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { installBoth } from './installed-both.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectlOk, podsOf } from './kubectl.ts';
import {
  answering,
  appsApi,
  edit,
  functionDeployment,
  revisionNameOf,
  revisions,
  stamped,
  stampOf,
} from './revisions.ts';

/** Longer than the wait for quiet and everything after it. */
const SETTLED = 2500;
const ONE = answering('one');
const TWO = answering('two');
const PINNED = { ...ONE, 'package.json': '{"dependencies":{"ms":"2.1.3"}}' };

const apply = (namespace: string, ...objects: readonly object[]): Promise<string> =>
  kubectlOk(['apply', '-n', namespace, '-f', '-'], listOf(...objects));

const replicaSets = async (namespace: string): Promise<number> =>
  (await appsApi().listNamespacedReplicaSet({ namespace })).items.length;

const followed = async (namespace: string): Promise<string | undefined> =>
  (await appsApi().readNamespacedDeployment({ namespace, name: 'hello' })).metadata?.labels?.[FOLLOWED_LABEL];

describe('the webhook and the controller', () => {
  given(installBoth);

  for (const [title, files] of [
    ['without dependencies', ONE],
    ['without a lock', PINNED],
  ] as const) {
    it.withControllers(
      `agree on a first apply ${title}: one ReplicaSet, no second rollout, and its revision`,
      async () => {
        const namespace = await createNamespace(OPTED_IN);
        await apply(namespace, source('hello', files), functionDeployment('hello'));
        const { text, generation } = await stampOf(namespace, 'hello');
        expect(text).toContain(`files:${revisionNameOf('hello', files)}`);
        await eventually(
          () => revisions(namespace),
          (stored) => stored.some(({ metadata }) => metadata?.name === revisionNameOf('hello', files)),
        );
        await delay(SETTLED);
        expect(await stampOf(namespace, 'hello')).toEqual({ text, generation });
        expect(await replicaSets(namespace)).toBe(1);
      },
    );
  }

  it.withControllers('roll a Deployment that comes before its ConfigMap out once more, and no more', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, functionDeployment('hello'));
    expect(await followed(namespace)).toBe('none');
    await apply(namespace, source('hello', ONE));
    expect(await stamped(namespace, 'hello')).toMatchObject({ text: `files:${revisionNameOf('hello', ONE)}` });
    await delay(SETTLED);
    expect(await replicaSets(namespace)).toBe(2);
  });

  it.withControllers('make one rollout of a ConfigMap and a template that are edited in one apply', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', ONE), functionDeployment('hello'));
    await delay(SETTLED);
    const edited = functionDeployment('hello', {}, { 'example.com/edited': 'yes' });
    await apply(namespace, source('hello', TWO), edited);
    await delay(SETTLED);
    expect(await stampOf(namespace, 'hello')).toMatchObject({ text: `files:${revisionNameOf('hello', TWO)}` });
    expect(await replicaSets(namespace)).toBe(2);
  });

  it.withControllers('start a Job that waited in a queue from the revision it was created with', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const queued = blocksOf('docs/workloads.md').find(({ heading }) => heading.includes('Kueue'))?.code ?? '';
    await apply(namespace, source('report', ONE));
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], queued);
    const revision = revisionNameOf('report', ONE);
    await eventually(
      () => revisions(namespace),
      (stored) => stored.some(({ metadata }) => metadata?.name === revision),
    );
    await edit(namespace, 'report', TWO);
    // As Kueue admits it: where it is to run, and that it may.
    const room = { spec: { suspend: false, template: { spec: { nodeSelector: { 'example.com/flavor': 'spot' } } } } };
    await kubectlOk(['patch', 'job/report', '-n', namespace, '--type=strategic', '-p', JSON.stringify(room)]);
    const [pod] = await podsOf(namespace, `${FUNCTION_LABEL}=report`, 1);
    expect(pod?.spec?.nodeSelector).toEqual({ 'example.com/flavor': 'spot' });
    expect(pod?.metadata?.annotations?.[REVISION_ANNOTATION]).toBe(`files:${revision}`);
    expect(JSON.stringify(pod?.spec?.volumes)).toContain(revision);
  });

  it.withControllers('let an undo stay until the next edit', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', ONE), functionDeployment('hello'));
    await delay(SETTLED);
    await edit(namespace, 'hello', TWO);
    const two = `files:${revisionNameOf('hello', TWO)}`;
    await stamped(namespace, 'hello', (text) => text === two);
    await eventually(
      () => replicaSets(namespace),
      (count) => count === 2,
    );
    await kubectlOk(['rollout', 'undo', 'deployment/hello', '-n', namespace]);
    const one = `files:${revisionNameOf('hello', ONE)}`;
    expect(await stampOf(namespace, 'hello')).toMatchObject({ text: one });
    await kubectlOk(['set', 'env', 'deployment/hello', '-n', namespace, 'A=b']);
    await delay(SETTLED);
    expect(await stampOf(namespace, 'hello')).toMatchObject({ text: one });
    const three = answering('three');
    await edit(namespace, 'hello', three);
    await stamped(namespace, 'hello', (text) => text === `files:${revisionNameOf('hello', three)}`);
  });
});

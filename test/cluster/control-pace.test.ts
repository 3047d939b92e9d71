import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { ANNOTATIONS, FOLLOWED_LABEL, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { installController } from './controller.ts';
import { given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace } from './kubectl.ts';
import { keepPodsReady } from './ready-pods.ts';
import { answering, appsApi, createFunction, edit, functionDeployment, untilEvents } from './revisions.ts';
import { eventually } from './given.ts';

const AT_ONCE = 5;
const WORKLOADS = 20;

describe('many workloads on one source', () => {
  given(() => installController({ configuration: `revisions:\n  rolloutsAtOnce: ${AT_ONCE}\n` }));

  it.withControllers('roll out some at a time, each once, as the ones before are ready', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const names = Array.from({ length: WORKLOADS }, (_, index) => `hello-${String(index).padStart(2, '0')}`);
    await createFunction(namespace, 'hello', answering('one'));
    await appsApi().deleteNamespacedDeployment({ namespace, name: 'hello' });
    for (const name of names) {
      const body = functionDeployment(name, {}, { [ANNOTATIONS.source]: 'configmap:hello' });
      await appsApi().createNamespacedDeployment({ namespace, body });
    }
    const all = async (): Promise<readonly { stamp: string | undefined; generation: number; ready: boolean }[]> =>
      (await appsApi().listNamespacedDeployment({ namespace })).items.map(({ metadata, spec, status }) => ({
        stamp: spec?.template.metadata?.annotations?.[REVISION_ANNOTATION],
        generation: metadata?.labels?.[FOLLOWED_LABEL] === undefined ? 0 : (metadata.generation ?? 0),
        ready: status?.availableReplicas === 1 && status.observedGeneration === metadata?.generation,
      }));
    const atFirst = keepPodsReady(namespace);
    await eventually(all, (deployments) => deployments.every(({ ready, generation }) => ready && generation === 1));
    await atFirst.stop();

    await edit(namespace, 'hello', answering('two'));
    const stampedNow = async (): Promise<number> => (await all()).filter(({ stamp }) => stamp !== undefined).length;
    await eventually(stampedNow, (count) => count === AT_ONCE);
    await delay(1000);
    expect(await stampedNow()).toBe(AT_ONCE);
    await untilEvents(namespace, 'RolloutWaiting', WORKLOADS - AT_ONCE);

    const pods = keepPodsReady(namespace);
    const done = await eventually(
      all,
      (deployments) => deployments.every(({ stamp, ready }) => stamp !== undefined && ready),
      60_000,
    );
    await pods.stop();
    expect(done.map(({ generation }) => generation)).toEqual(done.map(() => 2));
    expect(new Set(done.map(({ stamp }) => stamp)).size).toBe(1);
    const { items } = await coreApi().listNamespacedConfigMap({
      namespace,
      labelSelector: 'buildless.dev/revision-of',
    });
    expect(items).toHaveLength(1);
  });
});

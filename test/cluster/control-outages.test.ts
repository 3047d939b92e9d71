import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { installController, type ControllerProcess } from './controller.ts';
import { eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace } from './kubectl.ts';
import { kubeconfigThrough } from './proxied.ts';
import {
  answering,
  appsApi,
  createFunction,
  edit,
  functionDeployment,
  revisionNameOf,
  revisions,
  stamped,
  stampOf,
  untilEvents,
} from './revisions.ts';
import { openTcpProxy } from './tcp-proxy.ts';

/** BUILDLESS_TEST_KILLS=30 for the long form. */
const KILLS = Number(process.env.BUILDLESS_TEST_KILLS ?? 8);
const LEASE = 2;
/** Longer than a busy machine takes to do what is not to wait for its end. */
const LONG_LEASE = 15;

const nameOf = (answer: string): string => `files:${revisionNameOf('hello', answering(answer))}`;

describe('a controller that is killed', () => {
  const control = given(() => installController({ leaseSeconds: LEASE }));

  it(`at any moment, ${KILLS} times during edits, loses none and patches each workload once for each`, async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('start'));
    const names = ['hello', 'second', 'third'];
    for (const name of names.slice(1)) {
      const body = functionDeployment(name, {}, { [ANNOTATIONS.source]: 'configmap:hello' });
      await appsApi().createNamespacedDeployment({ namespace, body });
    }
    await eventually(
      async () => (await appsApi().listNamespacedDeployment({ namespace })).items,
      (items) => items.every(({ metadata }) => metadata?.labels?.['buildless.dev/followed'] !== undefined),
    );
    for (let kill = 0; kill < KILLS; kill += 1) {
      await edit(namespace, 'hello', answering(`edit-${kill}`));
      // Before it knows, in the wait for quiet, between copy and patches, or after all of it.
      await delay(kill === 0 ? 1000 : 900 + Math.random() * 250);
      await control().controller().kill();
      const controller = await control().start();
      await controller.untilLeading();
    }
    await edit(namespace, 'hello', answering('last'));
    for (const name of names) {
      const { generation } = await stamped(namespace, name, (text) => text === nameOf('last'));
      // The first generation, and one for each edit.
      expect(generation).toBeLessThanOrEqual(KILLS + 2);
    }
    const all = await revisions(namespace);
    expect(all.length).toBeLessThanOrEqual(KILLS + 1);
    const last = all.find(({ metadata }) => `files:${metadata?.name}` === nameOf('last'));
    expect(last?.metadata?.ownerReferences).toHaveLength(names.length);
  });
});

describe('a controller that is stopped', () => {
  const control = given(() => installController({ leaseSeconds: LONG_LEASE }));

  it('is followed at once by another replica, which takes up what is left', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    const first = control().controller();
    const second = await control().start();
    expect((await second.metrics()).sum('buildless_control_leader')).toBe(0);
    await edit(namespace, 'hello', answering('two'));
    const started = performance.now();
    await first.stop();
    await second.untilLeading();
    expect(performance.now() - started).toBeLessThan(LONG_LEASE * 1000);
    const { generation } = await stamped(namespace, 'hello', (text) => text === nameOf('two'));
    expect(generation).toBe(2);
    await untilEvents(namespace, 'RolledOut', 1);
  });
});

describe('an API server that restarts', () => {
  it('is followed again, and an edit meanwhile is rolled out', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'buildless-control-proxied-'));
    const proxy = await openTcpProxy();
    const { kubeconfig, port } = kubeconfigThrough(proxy, folder);
    proxy.use([port]);
    const installed = await installController({ leaseSeconds: LEASE, kubeconfig });
    const controller: ControllerProcess = installed.value.controller();
    try {
      const namespace = await createNamespace(OPTED_IN);
      await createFunction(namespace, 'hello', answering('one'));
      proxy.use([]);
      proxy.cut();
      await edit(namespace, 'hello', answering('two'));
      await eventually(
        async () => (await controller.metrics()).sum('buildless_control_leader'),
        (leads) => leads === 0,
      );
      expect((await controller.readiness()).status).toBe(200);
      await delay(1000);
      expect(await stampOf(namespace, 'hello')).toEqual({ text: undefined, generation: 1 });
      proxy.use([port]);
      const { generation } = await stamped(namespace, 'hello', (text) => text === nameOf('two'));
      expect(generation).toBe(2);
    } finally {
      proxy.use([port]);
      await installed.close();
      await proxy.close();
      rmSync(folder, { recursive: true });
    }
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { installController, type InstalledController } from './controller.ts';
import { choose, cluster, eventually, given, it, type Opened } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace } from './kubectl.ts';
import { startControlPlane, type ControlPlane } from './kubernetes/control-plane.ts';
import { findPrograms } from './kubernetes/programs.ts';
import {
  answering,
  appsApi,
  createFunction,
  edit,
  functionDeployment,
  revisionNameOf,
  revisions,
} from './revisions.ts';

const KILLS = 2;
/** The lease of a leader that cannot renew, longer than the API server of a busy machine takes to start. */
const LEASE = 15;
const MINUTES = 60_000;
const WORKLOADS = ['hello', 'second', 'third'];

interface Own {
  readonly controlPlane: ControlPlane;
  readonly control: InstalledController;
}

/** A control plane of this test alone, as all others would suffer, and a controller. */
async function installOwn(): Promise<Opened<Own | { readonly reason: string }>> {
  const nothing = (reason: string): Opened<{ readonly reason: string }> => ({
    value: { reason },
    close: () => Promise.resolve(),
  });
  if (!cluster().disposable) return nothing('only the API server of a control plane of its own is killed');
  const programs = await findPrograms(() => undefined);
  if ('reason' in programs) return nothing(programs.reason);
  const controlPlane = await startControlPlane(programs);
  choose({ ...cluster(), kubeconfig: controlPlane.kubeconfig, auditLog: controlPlane.auditLog });
  const control = await installController({ leaseSeconds: LEASE });
  return {
    value: { controlPlane, control: control.value },
    async close() {
      await control.close();
      await controlPlane.stop();
    },
  };
}

/** An author who edits without end, and tries again what the API server does not confirm. */
function keepEditing(namespace: string): {
  readonly last: () => string;
  readonly edits: () => number;
  stop(): Promise<void>;
} {
  const end = new AbortController();
  let confirmed = 'start';
  let edits = 0;
  const working = (async () => {
    for (let count = 1; !end.signal.aborted; count += 1) {
      const answer = `edit-${count}`;
      try {
        await edit(namespace, 'hello', answering(answer));
        confirmed = answer;
        edits += 1;
      } catch {
        // Not confirmed: it may have been stored all the same, and the next one replaces it.
      }
      // Some follow each other at once, others have been rolled out before the next.
      await delay(count % 3 === 0 ? 1800 : 150);
    }
  })();
  return {
    last: () => confirmed,
    edits: () => edits,
    async stop() {
      end.abort();
      await working;
    },
  };
}

describe('an API server that is killed and started again', () => {
  const own = given(installOwn);

  it(`${KILLS} times in the middle of edits, loses no edit: the last one is rolled out to every workload, once`, async (context) => {
    const opened = own();
    if ('reason' in opened) return context.skip(opened.reason);
    const { controlPlane, control } = opened;
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('start'));
    for (const name of WORKLOADS.slice(1)) {
      const body = functionDeployment(name, {}, { [ANNOTATIONS.source]: 'configmap:hello' });
      await appsApi().createNamespacedDeployment({ namespace, body });
    }
    const { pid } = control.controller();
    const author = keepEditing(namespace);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = author.edits();
      await eventually(
        () => Promise.resolve(author.edits()),
        (edits) => edits >= before + 3,
        2 * MINUTES,
      );
      await controlPlane.killApiServer();
      await delay(500);
      await controlPlane.startApiServer();
    }
    await eventually(
      () => Promise.resolve(author.edits()),
      (edits) => edits >= 12,
      2 * MINUTES,
    );
    await author.stop();
    // The very last one is confirmed, whatever became of one before it.
    await edit(namespace, 'hello', answering('last'));
    const last = `files:${revisionNameOf('hello', answering('last'))}`;
    const items = await eventually(
      async () => (await appsApi().listNamespacedDeployment({ namespace })).items,
      (all) => all.every(({ spec }) => spec?.template.metadata?.annotations?.['buildless.dev/revision'] === last),
      2 * MINUTES,
    );
    expect(items.map(({ metadata }) => metadata?.name).sort()).toEqual([...WORKLOADS].sort());
    await delay(3000);
    for (const { metadata } of items) {
      const { metadata: now } = await appsApi().readNamespacedDeployment({ namespace, name: metadata?.name ?? '' });
      // Nothing goes on rolling, and no edit rolled twice.
      expect(now?.generation).toBe(metadata?.generation);
      expect(now?.generation).toBeLessThanOrEqual(author.edits() + KILLS + 2);
    }
    const stored = (await revisions(namespace)).find((each) => `files:${each.metadata?.name}` === last);
    expect(stored?.data).toEqual(answering('last'));
    // The same process all the time: it neither ends nor needs a restart.
    expect(control.controller().pid).toBe(pid);
    expect((await control.controller().readiness()).status).toBe(200);
  });
});

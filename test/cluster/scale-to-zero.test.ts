import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { REVISION_ANNOTATION, ROLLOUT_LABEL } from '../../src/function/keys.ts';
import { blocksOf } from '../docs/page.ts';
import { installController, type InstalledController } from './controller.ts';
import { serveExternalMetrics, type ExternalMetrics } from './external-metrics.ts';
import { listOf, source } from './functions.ts';
import { choose, cluster, eventually, given, it, type Opened } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { createNamespace, kubectlOk, podsOf } from './kubectl.ts';
import { startControlPlane } from './kubernetes/control-plane.ts';
import { findPrograms } from './kubernetes/programs.ts';
import { answering, appsApi, edit, events, functionDeployment, revisionNameOf, stamped } from './revisions.ts';

const MINUTES = 60_000;
const ONE = answering('one');
const TWO = answering('two');

interface Own {
  readonly control: InstalledController;
  readonly metrics: ExternalMetrics;
}

/** A control plane of this test alone: its HPA controller looks every second, and its API server asks this process for metrics. */
async function installOwn(): Promise<Opened<Own | { readonly reason: string }>> {
  const nothing = (reason: string): Opened<{ readonly reason: string }> => ({
    value: { reason },
    close: () => Promise.resolve(),
  });
  if (!cluster().disposable) return nothing('HPAScaleToZero needs a control plane of its own');
  const programs = await findPrograms(() => undefined);
  if ('reason' in programs) return nothing(programs.reason);
  if (programs.controllerManager === undefined) return nothing('there is no kube-controller-manager');
  const controlPlane = await startControlPlane(programs, {
    featureGates: ['HPAScaleToZero'],
    controllerManager: { 'horizontal-pod-autoscaler-sync-period': '1s' },
  });
  choose({ ...cluster(), kubeconfig: controlPlane.kubeconfig, auditLog: controlPlane.auditLog });
  const control = await installController();
  const webhook = await installWebhook({ leaseNamespace: control.value.namespace });
  const metrics = await serveExternalMetrics();
  return {
    value: { control: control.value, metrics: metrics.value },
    async close() {
      await metrics.close();
      await webhook.close();
      await control.close();
      await controlPlane.stop();
    },
  };
}

const queueOf = (name: string): string => `${name}-waiting`;

const [documented] = blocksOf('docs/scaling.md').filter(({ heading }) => heading === 'HPA to zero');

/** As the page has it, without the minute that the reader waits. */
const autoscaler = (name: string): object => {
  const text = (documented?.code ?? '')
    .replaceAll('hello', name)
    .replace('orders_waiting', queueOf(name))
    .replace('stabilizationWindowSeconds: 60', 'stabilizationWindowSeconds: 0');
  return parse(text) as object;
};

/** Which ConfigMaps the Pods have their code from. */
const sourcesOf = (pods: readonly V1Pod[]): readonly unknown[] =>
  pods.map(({ metadata, spec }) => {
    const named = metadata?.annotations?.[REVISION_ANNOTATION]?.replace('files:', '') ?? '';
    const mounted = spec?.volumes?.some(
      (volume) =>
        volume.configMap?.name === named ||
        volume.projected?.sources?.some((projected) => projected.configMap?.name === named),
    );
    return mounted === true ? named : `${named}, not mounted`;
  });

describe('a HorizontalPodAutoscaler with minReplicas 0 and an external metric', () => {
  const own = given(installOwn);

  it('stops a Function and starts it again from the revision that its template remembers', async (context) => {
    const opened = own();
    if ('reason' in opened) return context.skip(opened.reason);
    const { control, metrics } = opened;
    const namespace = await createNamespace(OPTED_IN);
    const names = ['by-hand', 'refused', 'automatic'];
    for (const name of names) {
      metrics.set(queueOf(name), 7);
      const labels = name === 'by-hand' ? { [ROLLOUT_LABEL]: 'manual' } : {};
      // An edit without the label on the ConfigMap is judged by the controller alone.
      const { metadata, ...configMap } = source(name, ONE);
      const unlabelled = { ...configMap, metadata: name === 'refused' ? { name } : metadata };
      await kubectlOk(
        ['apply', '-n', namespace, '-f', '-'],
        listOf(unlabelled, functionDeployment(name, labels), autoscaler(name)),
      );
      await stamped(namespace, name);
    }
    /** Until the HPA has scaled each, and the Pods are there or gone. */
    const scaledTo = async (wanted: number, of = names): Promise<Readonly<Record<string, readonly V1Pod[]>>> => {
      for (const name of of) {
        await eventually(
          async () => (await appsApi().readNamespacedDeployment({ namespace, name })).spec?.replicas,
          (replicas) => replicas === wanted,
          2 * MINUTES,
        );
      }
      const pods = await Promise.all(of.map((name) => podsOf(namespace, `app=${name}`, wanted)));
      return Object.fromEntries(of.map((name, index) => [name, pods[index] ?? []]));
    };

    // Seven orders, five for a Pod.
    const first = await scaledTo(2);
    for (const name of names) {
      expect(new Set(sourcesOf(first[name] ?? []))).toEqual(new Set([revisionNameOf(name, ONE)]));
    }

    for (const name of names) metrics.set(queueOf(name), 0);
    await scaledTo(0);
    const bad = { ...TWO, 'package.json': '{"dependencies":{"ms":"latest"}}' };
    for (const name of names) await edit(namespace, name, name === 'refused' ? bad : TWO);
    await stamped(namespace, 'automatic', (text) => text === `files:${revisionNameOf('automatic', TWO)}`);
    await eventually(
      () => events(namespace, 'SourceRefused'),
      (all) => all.length > 0,
    );

    for (const name of names) metrics.set(queueOf(name), 3);
    const second = await scaledTo(1);
    expect(sourcesOf(second['by-hand'] ?? [])).toEqual([revisionNameOf('by-hand', ONE)]);
    expect(sourcesOf(second.refused ?? [])).toEqual([revisionNameOf('refused', ONE)]);
    expect(sourcesOf(second.automatic ?? [])).toEqual([revisionNameOf('automatic', TWO)]);

    // Nobody rolls out now, and nobody is needed: the webhook finds what the template names.
    metrics.set(queueOf('automatic'), 0);
    await scaledTo(0, ['automatic']);
    await control.controller().kill();
    await edit(namespace, 'automatic', answering('three'));
    metrics.set(queueOf('automatic'), 3);
    const third = await scaledTo(1, ['automatic']);
    expect(sourcesOf(third.automatic ?? [])).toEqual([revisionNameOf('automatic', TWO)]);
  });
});

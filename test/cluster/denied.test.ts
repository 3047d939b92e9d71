import { describe, expect } from 'vitest';
import { buildless } from '../cli/command.ts';
import { startController, type ControllerProcess } from './controller.ts';
import { deployment, functionPod, source } from './functions.ts';
import { cluster, eventually, given, it, type Opened } from './given.ts';
import { installWebhook, OPTED_IN, type Installed } from './installed.ts';
import { createNamespace, kubectl, kubectlOk } from './kubectl.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const needing = (name: string): Record<string, string> => ({
  'package.json': JSON.stringify({ dependencies: { [name]: '1.14.1' } }),
});
const listOf = (name: string, data: Readonly<Record<string, string>>): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { 'buildless.dev/denied': 'incident' } },
  data,
});
const denying = (name: string): Record<string, string> => ({
  'denied.yaml': `dependencies: { denied: { nodejs: [{ name: ${name}, versions: 1.14.1, reason: steals tokens }] } }`,
});

interface Replicas {
  /** Where lists are. */
  readonly namespace: string;
  readonly installed: Installed;
  readonly other: Webhook;
  readonly controller: ControllerProcess;
}

/** Two replicas of the webhook, of which the API server asks one, and a controller. */
async function openReplicas(): Promise<Opened<Replicas>> {
  const namespace = await createNamespace();
  const installed = await installWebhook({ leaseNamespace: namespace });
  const { certificates } = installed.value;
  const { kubeconfig } = cluster();
  const other = await startWebhook({ kubeconfig, certificates, leaseNamespace: namespace });
  const controller = await startController({ namespace });
  await controller.untilLeading();
  return {
    value: { namespace, installed: installed.value, other, controller },
    async close() {
      await Promise.all([controller.stop(), other.stop()]);
      await installed.close();
    },
  };
}

describe('a list of denied versions', () => {
  const opened = given(openReplicas);
  const apply = (object: object): Promise<string> => kubectlOk(['apply', '-n', opened().namespace, '-f', '-'], object);
  const remove = (name: string): Promise<string> => kubectlOk(['delete', 'configmap', name, '-n', opened().namespace]);

  /** What all replicas of the webhook say at once. */
  const sums = async (name: string): Promise<readonly number[]> =>
    Promise.all([opened().installed.webhook(), opened().other].map(async (each) => (await each.metrics()).sum(name)));
  const untilEntries = async (count: number): Promise<void> => {
    await eventually(
      () => sums('buildless_denied_entries'),
      (entries) => entries.every((each) => each === count),
    );
  };

  it('is in force while Pods are created: none starts with a denied version once every replica has it', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello', needing('axios')));
    const creation = new AbortController();
    const admitted: string[] = [];
    const create = async (name: string): Promise<boolean> => {
      const { status, stderr } = await kubectl(
        ['create', '-n', namespace, '-f', '-'],
        functionPod('hello', { pod: name }),
      );
      if (status === 0) admitted.push(name);
      else expect(stderr).toContain('[dependency-denied]');
      return status === 0;
    };
    const creating = (async () => {
      for (let count = 0; !creation.signal.aborted; count += 1) await create(`pod-${count}`);
    })();
    await eventually(
      () => Promise.resolve(admitted.length),
      (count) => count > 0,
    );
    await apply(listOf('incident', denying('axios')));
    await untilEntries(1);
    expect(await create('after')).toBe(false);
    creation.abort();
    await creating;
    await remove('incident');
    await untilEntries(0);
    expect(await create('again')).toBe(true);
  });

  it('stays as it was if it becomes bad, and the metrics say so', async () => {
    await apply(listOf('turns-bad', denying('axios')));
    await untilEntries(1);
    await apply(listOf('turns-bad', { 'denied.json': '{' }));
    await eventually(
      () => sums('buildless_denied_problems'),
      (problems) => problems.every((each) => each === 1),
    );
    expect(await sums('buildless_denied_entries')).toEqual([1, 1]);
    await remove('turns-bad');
    await untilEntries(0);
    expect(await sums('buildless_denied_problems')).toEqual([0, 0]);
  });

  it('names the Functions that run one already, with the path, in an Event, a metric and status --denied', async () => {
    const namespace = await createNamespace(OPTED_IN);
    // Its own: Functions of other files, and of a first attempt, are still there and would be counted as well.
    const name = `of-${namespace}`;
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('pay', needing(name)));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], deployment('pay', 0));
    await apply(listOf('running', denying(name)));
    await eventually(
      () => opened().controller.metrics(),
      (metrics) => metrics.sum('buildless_control_functions_denied') === 1,
    );
    const path = `runs "${name}" 1.14.1, which is denied (steals tokens); it comes with package.json > ${name}@1.14.1`;
    await eventually(
      () => kubectlOk(['get', 'events', '-n', namespace, '-o', 'jsonpath={.items[*].message}']),
      (messages) => messages.includes(path),
    );
    const { status, stdout } = await buildless([
      ...['status', '--kubeconfig', cluster().kubeconfig, '-n', namespace],
      ...['--installation', opened().namespace, '--denied'],
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain(`pay: ${path}`);
    await remove('running');
    await eventually(
      () => opened().controller.metrics(),
      (metrics) => metrics.sum('buildless_control_functions_denied') === 0,
    );
  });
});

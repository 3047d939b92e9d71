import { describe, expect } from 'vitest';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { functionPod, plainPod, source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { createNamespace, kubectlOk } from './kubectl.ts';

describe('what is no Function', () => {
  const installed = given(() => installWebhook());
  const reviews = async (): Promise<number> => (await installed().webhook().metrics()).reviews();
  const readPod = async (namespace: string, name: string): Promise<string> =>
    kubectlOk([
      'get',
      'pod',
      name,
      '-n',
      namespace,
      '-o',
      'jsonpath={.spec.containers[*].image} {.spec.volumes[*].name}',
    ]);

  it('in a namespace that has not opted in, a labelled Pod runs as it is and the webhook is not called', async () => {
    const namespace = await createNamespace();
    const before = await reviews();
    await kubectlOk(
      ['create', '-n', namespace, '-f', '-'],
      source('hello', { 'package.json': '{"dependencies":{"axios":"latest"}}' }),
    );
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
    expect(await readPod(namespace, 'hello')).toMatch(/^auto (kube-api-access-\w+)?$/);
    expect(await reviews()).toBe(before);
  });

  it('in a namespace that has opted in, a Pod without the label runs as it is and the webhook is not called', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const before = await reviews();
    await kubectlOk(['create', '-n', namespace, '-f', '-'], plainPod('plain'));
    await kubectlOk([
      'create',
      'configmap',
      'settings',
      '-n',
      namespace,
      '--from-literal=package.json={"dependencies":{"axios":"latest"}}',
    ]);
    expect(await readPod(namespace, 'plain')).toMatch(/^main:1 (kube-api-access-\w+)?$/);
    expect(await reviews()).toBe(before);
  });

  it('a namespace whose label is taken away is left alone from then on', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello', { pod: 'before' }));
    await kubectlOk(['label', 'namespace', namespace, 'buildless.dev/functions-']);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello', { pod: 'after' }));
    expect(await readPod(namespace, 'before')).toContain('buildless-app');
    expect(await readPod(namespace, 'after')).not.toContain('buildless-app');
  });

  it('a Pod whose annotation says disabled runs the image that it names, and the webhook is not called', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const before = await reviews();
    const pod = functionPod('hello', {
      annotations: { [ANNOTATIONS.mode]: 'disabled' },
      spec: { containers: [{ name: 'function', image: 'own:1' }] },
    });
    await kubectlOk(['create', '-n', namespace, '-f', '-'], pod);
    expect(await readPod(namespace, 'hello')).toMatch(/^own:1 (kube-api-access-\w+)?$/);
    expect(await reviews()).toBe(before);
  });

  it('all Pods run the images that they name while the configuration says disabled, without a restart', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const webhook = installed().webhook();
    const reloaded = async (): Promise<number> =>
      (await webhook.metrics()).sum('buildless_configuration_reloads_total', { outcome: 'success' });
    const before = await reloaded();
    webhook.configure('mode: disabled\n');
    await eventually(reloaded, (count) => count === before + 1);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello', { pod: 'disabled' }));
    expect(await readPod(namespace, 'disabled')).toMatch(/^auto (kube-api-access-\w+)?$/);
    expect(
      (await webhook.metrics()).sum('buildless_admission_skips_total', { reason: 'disabled-by-configuration' }),
    ).toBeGreaterThan(0);

    webhook.configure('mode: buildless\n');
    await eventually(reloaded, (count) => count === before + 2);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello', { pod: 'enabled' }));
    expect(await readPod(namespace, 'enabled')).toContain('buildless-app');
  });
});

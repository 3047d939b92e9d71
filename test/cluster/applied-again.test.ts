import { describe, expect } from 'vitest';
import { functionPod, listOf, source } from './functions.ts';
import { given, it } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk } from './kubectl.ts';

const CLIENT_SIDE = 'apply';
const SERVER_SIDE = 'apply --server-side --field-manager=flux';

describe('a Pod of a Function that runs', () => {
  const installed = given(() => installWebhook());
  const manifest = listOf(source('hello'), functionPod('hello'));
  const apply = (how: string, namespace: string): ReturnType<typeof kubectl> =>
    kubectl([...how.split(' '), '-n', namespace, '-f', '-'], manifest);
  /** All that decides what runs. */
  const specOf = async (namespace: string): Promise<unknown> =>
    (await coreApi().readNamespacedPod({ namespace, name: 'hello' })).spec;
  const updates = async (): Promise<number> =>
    (await installed().webhook().metrics()).reviews({ kind: 'Pod', operation: 'UPDATE' });

  it.each([CLIENT_SIDE, SERVER_SIDE])('stays as it is when "kubectl %s" is repeated', async (how) => {
    const namespace = await createNamespace(OPTED_IN);
    expect(await apply(how, namespace)).toMatchObject({ status: 0 });
    const running = await specOf(namespace);
    expect(running).toMatchObject({
      containers: [{ image: expect.stringMatching(/^docker\.io\/library\/node:22/) as string }],
    });
    const before = await updates();
    expect(await apply(how, namespace)).toMatchObject({ status: 0, stderr: '' });
    expect(await apply(how, namespace)).toMatchObject({ status: 0, stderr: '' });
    expect(await specOf(namespace)).toEqual(running);
    // By both halves, which the API server called for this update only.
    expect(await updates()).toBeGreaterThan(before);
  });

  it('is labelled, given an image and freed of finalizers without the webhook, also while that is down', async () => {
    const namespace = await createNamespace(OPTED_IN);
    expect(await apply(CLIENT_SIDE, namespace)).toMatchObject({ status: 0 });
    const change = async (value: string): Promise<void> => {
      await kubectlOk(['label', 'pod', 'hello', '-n', namespace, `tier=${value}`, '--overwrite']);
      await kubectlOk(['set', 'image', 'pod/hello', '-n', namespace, `function=own:${value}`]);
      for (const finalizers of [[`example.com/${value}`], null]) {
        await kubectlOk([
          'patch',
          'pod',
          'hello',
          '-n',
          namespace,
          '--patch',
          JSON.stringify({ metadata: { finalizers } }),
          '--type=merge',
        ]);
      }
    };
    const before = await updates();
    await change('1');
    expect(await updates()).toBe(before);

    await installed().webhook().kill();
    try {
      await change('2');
      const { status, stderr } = await apply(CLIENT_SIDE, namespace);
      expect(status).toBe(1);
      expect(stderr).toContain('failed calling webhook "pods.validate.buildless.dev"');
    } finally {
      await installed().start();
    }
    expect(await specOf(namespace)).toMatchObject({ containers: [{ image: 'own:2' }] });
  });
});

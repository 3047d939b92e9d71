import { describe, expect } from 'vitest';
import { FOLLOWED_LABEL, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { installController } from './controller.ts';
import { deployment, source } from './functions.ts';
import { given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace } from './kubectl.ts';
import { appsApi, coreApi, edit, events, followedBy, revisions, stamped } from './revisions.ts';

const handler = (answer: string): Readonly<Record<string, string>> => ({
  'handler.js': `module.exports = { main: () => '${answer}' };`,
});

describe('the controller', () => {
  const control = given(() => installController());

  it('only notes what a workload follows that was there before, and restarts nothing', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', handler('one')) });
    await appsApi().createNamespacedDeployment({ namespace, body: deployment('hello', 1) });
    const followed = await followedBy(namespace, 'hello', (label) => label !== undefined);
    expect(followed).toMatch(/^[0-9a-f]{32}$/);
    const { metadata, spec } = await appsApi().readNamespacedDeployment({ namespace, name: 'hello' });
    expect(metadata?.generation).toBe(1);
    expect(spec?.template.metadata?.annotations).not.toHaveProperty([REVISION_ANNOTATION]);
    expect(await revisions(namespace)).toEqual([]);
  });

  it('rolls an edit out within 3 s, by one patch of the workload', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', handler('one')) });
    await appsApi().createNamespacedDeployment({ namespace, body: deployment('hello', 1) });
    await followedBy(namespace, 'hello', (label) => label !== undefined);
    const before = await control().controller().metrics();
    const started = performance.now();
    await edit(namespace, 'hello', handler('two'));
    const stamp = await stamped(namespace, 'hello', (text) => text !== undefined);
    console.log('delay', performance.now() - started);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(stamp).toMatch(/^files:hello-[0-9a-f]{10}$/);
    const { metadata } = await appsApi().readNamespacedDeployment({ namespace, name: 'hello' });
    expect(metadata?.generation).toBe(2);
    expect(metadata?.labels?.[FOLLOWED_LABEL]).toMatch(/^[0-9a-f]{32}$/);
    const after = await control().controller().metrics();
    expect(
      after.sum('buildless_control_requests_total', { method: 'PATCH' }) -
        before.sum('buildless_control_requests_total', { method: 'PATCH' }),
    ).toBe(1);
    const [snapshot] = await revisions(namespace);
    expect(snapshot?.metadata?.name).toBe(stamp?.slice('files:'.length));
    expect(snapshot?.data).toEqual({ ...handler('two') });
    expect(snapshot?.immutable).toBe(true);
    expect(snapshot?.metadata?.ownerReferences?.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      'Deployment/hello',
    ]);
    expect(await events(namespace, 'RolledOut')).toHaveLength(1);
  });
});

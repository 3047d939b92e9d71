import { describe, expect } from 'vitest';
import { ROLLOUTS } from './control-account.ts';
import { installController } from './controller.ts';
import { source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';
import { answering, edit, functionDeployment, revisionNameOf, revisions, templateOf } from './revisions.ts';

describe('an Argo Rollout', () => {
  given(async () => {
    await kubectlOk(['apply', '-f', '-'], ROLLOUTS);
    await kubectlOk(['wait', '--for=condition=Established', 'crd/rollouts.argoproj.io', '--timeout=60s']);
    const installed = await installController();
    return {
      value: installed.value,
      async close() {
        await installed.close();
        await kubectlOk(['delete', '-f', '-'], ROLLOUTS);
      },
    };
  });

  it('is rolled out like a Deployment where its CRD is there', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
    const { spec } = functionDeployment('hello');
    const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'hello' }, spec };
    await kubectlOk(['create', '-n', namespace, '-f', '-'], rollout);
    await eventually(
      () => templateOf(namespace, 'rollout', 'hello'),
      ({ followed }) => followed !== undefined,
    );
    await edit(namespace, 'hello', answering('two'));
    const { stamp } = await eventually(
      () => templateOf(namespace, 'rollout', 'hello'),
      (template) => template.stamp !== undefined,
    );
    expect(stamp).toBe(`files:${revisionNameOf('hello', answering('two'))}`);
    const [snapshot] = await revisions(namespace);
    expect(snapshot?.metadata?.ownerReferences?.map(({ kind }) => kind)).toEqual(['Rollout']);
  });
});

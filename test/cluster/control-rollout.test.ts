import { describe, expect } from 'vitest';
import { defineCustomKinds } from './control-account.ts';
import { installController } from './controller.ts';
import { source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';
import { answering, edit, functionDeployment, revisionNameOf, revisions, templateOf } from './revisions.ts';

const { spec: deploymentSpec } = functionDeployment('hello');

describe('a workload of another project', () => {
  given(async () => {
    const removeKinds = await defineCustomKinds();
    const installed = await installController();
    return {
      value: installed.value,
      async close() {
        await installed.close();
        await removeKinds();
      },
    };
  });

  const workloads = [
    { what: 'an Argo Rollout', group: 'argoproj.io', version: 'v1alpha1', kind: 'Rollout', spec: deploymentSpec },
    {
      what: 'a Knative Service',
      group: 'serving.knative.dev',
      version: 'v1',
      kind: 'Service',
      spec: { template: deploymentSpec.template },
    },
  ];
  for (const { what, group, version, kind, spec } of workloads) {
    it(`${what} is rolled out like a Deployment where its CRD is there`, async () => {
      const resource = `${kind.toLowerCase()}s.${group}`;
      const namespace = await createNamespace(OPTED_IN);
      await coreApi().createNamespacedConfigMap({ namespace, body: source('hello', answering('one')) });
      const workload = { apiVersion: `${group}/${version}`, kind, metadata: { name: 'hello' }, spec };
      await kubectlOk(['create', '-n', namespace, '-f', '-'], workload);
      await eventually(
        () => templateOf(namespace, resource, 'hello'),
        ({ followed }) => followed !== undefined,
      );
      await edit(namespace, 'hello', answering('two'));
      const { stamp } = await eventually(
        () => templateOf(namespace, resource, 'hello'),
        (template) => template.stamp !== undefined,
      );
      expect(stamp).toBe(`files:${revisionNameOf('hello', answering('two'))}`);
      const [snapshot] = await revisions(namespace);
      expect(snapshot?.metadata?.ownerReferences?.map((owner) => owner.kind)).toEqual([kind]);
    });
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CONTROL_NAME, INSTALL_NAMESPACE } from '../../src/installation/names.ts';
import { eventually, type Opened } from './given.ts';
import { kubectl, kubectlOk, createNamespace } from './kubectl.ts';
import { installManifests } from './manifests.ts';
import { rawApi, type Answered, type Sent } from './raw-api.ts';
import { kubeconfigOf } from './shipped.ts';

export type ControlAccount = (sent: Sent) => Promise<Answered>;

/** As `argoproj.io` has it, as far as the API server minds. */
export const ROLLOUTS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'rollouts.argoproj.io' },
  spec: {
    group: 'argoproj.io',
    names: { kind: 'Rollout', plural: 'rollouts', singular: 'rollout' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
};

const BINDING = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'buildless-test-everything' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name: CONTROL_NAME, namespace: INSTALL_NAMESPACE }],
};

/**
 * The token of the controller's ServiceAccount in a cluster with the shipped manifests and the kind Rollout.
 *
 * @param everything whether RBAC grants it all there is, so that only the policies stand in its way
 */
export async function controlAccount(everything: boolean): Promise<Opened<ControlAccount>> {
  const manifests = await installManifests();
  await kubectlOk(['apply', '-f', '-'], ROLLOUTS);
  await kubectlOk(['wait', '--for=condition=Established', 'crd/rollouts.argoproj.io', '--timeout=60s']);
  if (everything) await kubectlOk(['apply', '-f', '-'], BINDING);
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-control-'));
  const send = rawApi(await kubeconfigOf(CONTROL_NAME, folder));
  if (everything) await untilLimited(send);
  return {
    value: send,
    async close() {
      if (everything) await kubectl(['delete', '-f', '-'], BINDING);
      await kubectl(['delete', '-f', '-'], ROLLOUTS);
      await manifests.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The API server takes a moment to know its policies, and RBAC its bindings. */
async function untilLimited(send: ControlAccount): Promise<void> {
  const namespace = await createNamespace();
  const metadata = { name: 'probe' };
  await eventually(
    async () => [
      await send({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`,
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata },
      }),
      await send({
        method: 'POST',
        path: `/apis/apps/v1/namespaces/${namespace}/deployments?dryRun=All`,
        body: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata,
          spec: {
            selector: { matchLabels: { a: 'b' } },
            template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a' }] } },
          },
        },
      }),
      await send({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/secrets?dryRun=All`,
        body: { apiVersion: 'v1', kind: 'Secret', metadata },
      }),
    ],
    (answers) => answers.every(({ message }) => message.includes('ValidatingAdmissionPolicy')),
  );
}

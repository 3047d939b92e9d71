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

interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
}

/** A kind of another project, as far as the API server minds. */
const definitionOf = ({ group, version, kind, plural }: CustomKind): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    names: { kind, plural, singular: kind.toLowerCase() },
    scope: 'Namespaced',
    versions: [
      {
        name: version,
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
});

/** Argo Rollouts, and the Services of Knative. */
const CUSTOM_KINDS = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    definitionOf({ group: 'argoproj.io', version: 'v1alpha1', kind: 'Rollout', plural: 'rollouts' }),
    definitionOf({ group: 'serving.knative.dev', version: 'v1', kind: 'Service', plural: 'services' }),
  ],
};

/** @returns what removes them */
export async function defineCustomKinds(): Promise<() => Promise<unknown>> {
  await kubectlOk(['apply', '-f', '-'], CUSTOM_KINDS);
  const names = ['crd/rollouts.argoproj.io', 'crd/services.serving.knative.dev'];
  await kubectlOk(['wait', '--for=condition=Established', ...names, '--timeout=60s']);
  return () => kubectl(['delete', '-f', '-'], CUSTOM_KINDS);
}

const BINDING = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'buildless-test-everything' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name: CONTROL_NAME, namespace: INSTALL_NAMESPACE }],
};

/**
 * The token of the controller's ServiceAccount in a cluster with the shipped manifests, Argo Rollouts and Knative Services.
 *
 * @param everything whether RBAC grants it all there is, so that only the policies stand in its way
 */
export async function controlAccount(everything: boolean): Promise<Opened<ControlAccount>> {
  const manifests = await installManifests();
  const removeKinds = await defineCustomKinds();
  if (everything) await kubectlOk(['apply', '-f', '-'], BINDING);
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-control-'));
  const send = rawApi(await kubeconfigOf(CONTROL_NAME, folder));
  if (everything) await untilLimited(send);
  return {
    value: send,
    async close() {
      if (everything) await kubectl(['delete', '-f', '-'], BINDING);
      await removeKinds();
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

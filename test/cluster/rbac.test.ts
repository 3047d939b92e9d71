import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { V1ResourceRule, V1SelfSubjectRulesReview } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { STATUS_ANNOTATION } from '../../src/function/keys.ts';
import {
  AUTHORITY_SECRET,
  CONFIGURATION_NAME,
  CONTROL_NAME,
  INSTALL_NAMESPACE,
  WEBHOOK_NAME,
} from '../../src/installation/names.ts';
import { CONTROL_RIGHTS } from '../../src/installation/rights.ts';
import { functionPod, source } from './functions.ts';
import { given, it, type Opened } from './given.ts';
import { installWebhook, RESTRICTED, type Installed } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk } from './kubectl.ts';
import { installManifests } from './manifests.ts';
import { kubeconfigOf } from './shipped.ts';

const userOf = (serviceAccount: string): string => `system:serviceaccount:${INSTALL_NAMESPACE}:${serviceAccount}`;

/** The webhook with no more rights than its ServiceAccount has. */
async function installAsServiceAccount(): Promise<Opened<Installed>> {
  const manifests = await installManifests();
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-rbac-'));
  const kubeconfig = await kubeconfigOf(WEBHOOK_NAME, folder);
  const installed = await installWebhook({ kubeconfig });
  return {
    value: installed.value,
    async close() {
      await installed.close();
      await manifests.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The rules in force for a ServiceAccount in a namespace, as `kubectl auth can-i --list` asks for them. */
async function rulesOf(serviceAccount: string, namespace: string): Promise<readonly V1ResourceRule[]> {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const args = ['create', '--validate=false', '-f', '-', '-o', 'json', `--as=${userOf(serviceAccount)}`];
  const answer = JSON.parse(await kubectlOk(args, review)) as V1SelfSubjectRulesReview;
  return answer.status?.resourceRules ?? [];
}

/** `VERB RESOURCE[.GROUP][ NAME]`, each verb by itself. */
const permissions = (rules: readonly V1ResourceRule[]): readonly string[] =>
  rules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [''] }) =>
    verbs.flatMap((verb) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.map((name) => `${verb} ${group === '' ? resource : `${resource}.${group}`} ${name}`.trimEnd()),
        ),
      ),
    ),
  );

/** What it may do beyond what any ServiceAccount may. */
async function ownPermissions(namespace: string, serviceAccount = WEBHOOK_NAME): Promise<readonly string[]> {
  const everybodys = new Set(permissions(await rulesOf('default', namespace)));
  return permissions(await rulesOf(serviceAccount, namespace))
    .filter((permission) => !everybodys.has(permission))
    .sort();
}

const FOLLOW = ['get', 'list', 'watch'];
const EVERYWHERE = [
  ...FOLLOW.flatMap((verb) => [`${verb} configmaps`, `${verb} namespaces`]),
  'list pods',
  ...['list', 'watch'].flatMap((verb) => [`${verb} limitranges`, `${verb} resourcequotas`]),
  ...[...FOLLOW, 'patch'].flatMap((verb) =>
    ['mutating', 'validating'].map(
      (half) => `${verb} ${half}webhookconfigurations.admissionregistration.k8s.io ${CONFIGURATION_NAME}`,
    ),
  ),
];
const AT_HOME = [
  ...[...FOLLOW, 'patch'].map((verb) => `${verb} secrets ${AUTHORITY_SECRET}`),
  ...FOLLOW.map((verb) => `${verb} leases.coordination.k8s.io ${CONTROL_NAME}`),
];

describe('the ServiceAccount as shipped', () => {
  const installed = given(installAsServiceAccount);

  it('is enough to follow the cluster and to inject', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
    const pod = await coreApi().readNamespacedPod({ namespace, name: 'hello' });
    expect(pod.metadata?.annotations).toHaveProperty([STATUS_ANNOTATION]);
    expect((await installed().webhook().readiness()).text).toMatch(/^\[\+\]cluster ok$/m);
  });

  it('may read ConfigMaps and Namespaces, list Pods, change the webhook configurations of its name, and do nothing else', async () => {
    expect(await ownPermissions(await createNamespace())).toEqual([...EVERYWHERE].sort());
  });

  it('may at home also create Secrets, read and change its own CA, and see whether a controller works', async () => {
    expect(await ownPermissions(INSTALL_NAMESPACE)).toEqual([...EVERYWHERE, ...AT_HOME, 'create secrets'].sort());
  });

  it('of the controller may do what its code needs, and nothing else', async () => {
    const wanted = (own: boolean): readonly string[] =>
      CONTROL_RIGHTS.filter((right) => own || right.own === undefined)
        .flatMap(({ group, resource, name = '', verbs }) =>
          verbs.map((verb) => `${verb} ${group === '' ? resource : `${resource}.${group}`} ${name}`.trimEnd()),
        )
        .sort();
    expect(await ownPermissions(await createNamespace(), CONTROL_NAME)).toEqual(wanted(false));
    expect(await ownPermissions(INSTALL_NAMESPACE, CONTROL_NAME)).toEqual(wanted(true));
  });

  it('is refused whatever it has no right to, as kubectl shows', async () => {
    const user = userOf(WEBHOOK_NAME);
    const { stderr } = await kubectl(['get', 'secrets', '-n', INSTALL_NAMESPACE, `--as=${user}`]);
    expect(stderr).toContain(`User "${user}" cannot list resource "secrets"`);
  });
});

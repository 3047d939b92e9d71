import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { CONTROL_POD_LABELS, INSTALL_NAMESPACE, POD_LABELS, WEBHOOK_NAME } from '../../src/installation/names.ts';
import { at, find, objectsOf } from '../installation/shipped.ts';
import { given, it } from './given.ts';
import { kubectl, kubectlOk, podsOf, ROOT } from './kubectl.ts';
import { installManifests } from './manifests.ts';

/** Kinds of others, whose definitions are not in the cluster. */
const FOREIGN = ['cert-manager.io/', 'monitoring.coreos.com/'];
const isForeign = (object: unknown): boolean =>
  FOREIGN.some((group) => String(at(object, 'apiVersion')).startsWith(group));

const folders = ['overlays', 'components'].flatMap((kind) =>
  readdirSync(path.join(ROOT, 'deploy', kind)).map((name) => `deploy/${kind}/${name}`),
);
const overlays = folders.filter((folder) => folder.includes('/overlays/'));

describe('the manifests as shipped', () => {
  given(installManifests);

  it.withControllers(
    'are valid to the last field, and their Pods are admitted where restricted is enforced',
    async () => {
      const applied = await kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', 'deploy/install.yaml']);
      expect(applied).toMatchObject({ status: 0, stderr: '' });
      const labels = Object.entries(POD_LABELS).map(([key, value]) => `${key}=${value}`);
      const pods = await podsOf(INSTALL_NAMESPACE, labels.join(','), 2);
      expect(pods.map(({ spec }) => spec?.serviceAccountName)).toEqual([WEBHOOK_NAME, WEBHOOK_NAME]);
      const control = Object.entries(CONTROL_POD_LABELS).map(([key, value]) => `${key}=${value}`);
      const [first, second] = await podsOf(INSTALL_NAMESPACE, control.join(','), 2);
      for (const pod of [first, second]) {
        // The ServiceAccount plugin has added no token of its own.
        const tokens = pod?.spec?.volumes?.flatMap(({ projected }) => projected?.sources ?? []) ?? [];
        expect(tokens.filter((each) => each.serviceAccountToken !== undefined)).toHaveLength(1);
        const resolver = pod?.spec?.containers.find(({ name }) => name === 'resolver');
        expect(resolver?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(['/run/buildless', '/tmp']);
      }
    },
  );

  it('applied twice change nothing', async () => {
    const again = await kubectlOk([
      'diff',
      '-f',
      'deploy/install.yaml',
      '--selector=app.kubernetes.io/component in (webhook,control)',
    ]);
    expect(again).toBe('');
  });

  it.each(overlays)('of %s are valid to the last field', async (overlay) => {
    const objects = objectsOf(await kubectlOk(['kustomize', overlay]));
    const items = objects.filter((object) => !isForeign(object));
    const list = { apiVersion: 'v1', kind: 'List', items };
    // Its labels decide what Pod Security says of the Deployment.
    await kubectlOk(['apply', '-f', '-'], find(objects, 'Namespace') as object);
    const applied = await kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], list);
    expect(applied).toMatchObject({ status: 0, stderr: '' });
    expect(items.length).toBeGreaterThan(5);
  });
});

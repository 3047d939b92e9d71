import { setTimeout as delay } from 'node:timers/promises';
import { AppsV1Api, KubeConfig } from '@kubernetes/client-node';
import { REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { CONTROL_NAME, INSTALL_NAMESPACE } from '../../src/installation/names.ts';
import { cluster } from './given.ts';
import { kubectlOk } from './kubectl.ts';

/**
 * What docs/operations.md, "Back to 0.1.0", asks for before the manifests of that version: no controller, and no stamp of it
 * in a template.
 */
export async function prepareForOlder(): Promise<void> {
  await kubectlOk(['delete', '-k', 'deploy/components/control', '--ignore-not-found']);
  await kubectlOk(['delete', 'lease', CONTROL_NAME, '-n', INSTALL_NAMESPACE, '--ignore-not-found']);
  // Until the webhook, which stamps while a controller leads, has seen it.
  await delay(1000);
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  const { items } = await config.makeApiClient(AppsV1Api).listDeploymentForAllNamespaces();
  const pointer = `/spec/template/metadata/annotations/${REVISION_ANNOTATION.replace('/', '~1')}`;
  const patch = JSON.stringify([{ op: 'remove', path: pointer }]);
  for (const { metadata, spec } of items) {
    if (spec?.template.metadata?.annotations?.[REVISION_ANNOTATION] === undefined) continue;
    const { name = '', namespace = '' } = metadata ?? {};
    await kubectlOk(['patch', 'deployment', name, '-n', namespace, '--type=json', '-p', patch]);
  }
}

import { ONLY_CONFIG_MAP, INSTALL_NAMESPACE } from '../../src/installation/names.ts';
import { NAMESPACE_LABEL, NAMESPACE_ONLY } from '../../src/function/keys.ts';
import { at, installed } from '../installation/shipped.ts';
import { plainPod } from './functions.ts';
import { eventually, type Opened } from './given.ts';
import { coreApi, createNamespace, kubectl, kubectlOk } from './kubectl.ts';

/** Labels of a namespace that admits Functions only. */
export const ONLY = { [NAMESPACE_LABEL]: NAMESPACE_ONLY } as const;

const KINDS = ['Namespace', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
const isPart = (object: unknown): boolean =>
  KINDS.includes(String(at(object, 'kind'))) ||
  (at(object, 'kind') === 'ConfigMap' && at(object, 'metadata', 'name') === ONLY_CONFIG_MAP);

/** The policies of deploy/install.yaml with their ConfigMap, in force when this resolves. */
export async function installOnlyPolicy(): Promise<Opened<undefined>> {
  const list = { apiVersion: 'v1', kind: 'List', items: installed().filter(isPart) };
  await kubectlOk(['apply', '--validate=strict', '-f', '-'], list);
  const namespace = await createNamespace(ONLY);
  await eventually(
    () => refusalOf(coreApi().createNamespacedPod({ namespace, dryRun: 'All', body: plainPod('probe') })),
    (message) => message.includes('has no label') || message.includes('buildless.dev/function of the Pod is missing'),
  );
  return {
    value: undefined,
    async close() {
      await kubectl(['delete', '--wait=false', '-f', '-'], list);
      await kubectl(['wait', '--for=delete', `namespace/${INSTALL_NAMESPACE}`, '--timeout=60s']);
    },
  };
}

/** What the API server says against a call; `admitted` if nothing. */
export const refusalOf = (call: Promise<unknown>): Promise<string> => call.then(() => 'admitted', String);

/** Changes lists of the ConfigMap; null takes one away. */
export async function setLists(data: Readonly<Record<string, string | null>>): Promise<void> {
  const patch = JSON.stringify({ data });
  await kubectlOk(['patch', 'configmap', ONLY_CONFIG_MAP, '-n', INSTALL_NAMESPACE, '--type=merge', '-p', patch]);
}

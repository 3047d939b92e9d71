import { WEBHOOK_CONFIGURATIONS } from '../cluster/webhook-registration.ts';
import {
  AUTHORITY_SECRET,
  CONFIG_MAP,
  CONFIGURATION_NAME,
  ONLY_CONFIG_MAP,
  ONLY_POLICY,
  ONLY_TEMPLATES_POLICY,
  WEBHOOK_NAME,
} from './names.ts';

export interface Item {
  readonly kind: string;
  /** Of the object in the API. */
  readonly path: string;
  readonly name: string;
}

/**
 * All that is installed, in an order in which it can go without locking anybody out: first what makes the API server call
 * us, then what is called; the policies before the ConfigMap without which they refuse. The rights go before the Secret with the CA, so that no replica that is still ending makes it
 * anew; the namespace takes along what overlays and components put into it.
 */
export function inventory(namespace: string): readonly Item[] {
  const item = (kind: string, collection: string, name: string): Item => ({
    kind,
    path: `${collection}/${name}`,
    name,
  });
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const core = `/api/v1/namespaces/${namespace}`;
  const admission = '/apis/admissionregistration.k8s.io/v1';
  const policies = [ONLY_POLICY, ONLY_TEMPLATES_POLICY];
  return [
    ...WEBHOOK_CONFIGURATIONS.map(({ kind, path }) => item(kind, path, CONFIGURATION_NAME)),
    ...policies.flatMap((name) => [
      item('ValidatingAdmissionPolicyBinding', `${admission}/validatingadmissionpolicybindings`, name),
      item('ValidatingAdmissionPolicy', `${admission}/validatingadmissionpolicies`, name),
    ]),
    item('Deployment', `/apis/apps/v1/namespaces/${namespace}/deployments`, WEBHOOK_NAME),
    item('ClusterRoleBinding', `${rbac}/clusterrolebindings`, WEBHOOK_NAME),
    item('ClusterRole', `${rbac}/clusterroles`, WEBHOOK_NAME),
    item('RoleBinding', `${rbac}/namespaces/${namespace}/rolebindings`, WEBHOOK_NAME),
    item('Role', `${rbac}/namespaces/${namespace}/roles`, WEBHOOK_NAME),
    item('PodDisruptionBudget', `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, WEBHOOK_NAME),
    item('NetworkPolicy', `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`, WEBHOOK_NAME),
    item('Service', `${core}/services`, WEBHOOK_NAME),
    item('ConfigMap', `${core}/configmaps`, CONFIG_MAP),
    item('ConfigMap', `${core}/configmaps`, ONLY_CONFIG_MAP),
    item('Secret', `${core}/secrets`, AUTHORITY_SECRET),
    item('ServiceAccount', `${core}/serviceaccounts`, WEBHOOK_NAME),
    item('Namespace', '/api/v1/namespaces', namespace),
  ];
}

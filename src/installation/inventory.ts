import {
  AUTHORITY_SECRET,
  CONTROL_NAME,
  CONTROL_POLICIES,
  LEASE_READER,
  SOURCE_READER,
  CONFIG_MAP,
  CONFIGURATION_NAME,
  ONLY_CONFIG_MAP,
  ONLY_POLICY,
  ONLY_TEMPLATES_POLICY,
  REPORT_WRITER,
  WEBHOOK_CONFIGURATIONS,
  WEBHOOK_NAME,
} from './names.ts';

export interface Item {
  readonly kind: string;
  /** Of the object in the API. */
  readonly path: string;
  readonly name: string;
}

/** What each of them has is called by its name. */
const PROGRAMS = [WEBHOOK_NAME, CONTROL_NAME];

/**
 * All that is installed, in an order in which it can go without locking anybody out: first what makes the API server call
 * us, then what is called; the policies before the ConfigMap without which they refuse. The rights go before the Secret with the CA, so that no replica that is still ending creates it
 * again; the namespace takes along what overlays and components put into it.
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
  const policy = (name: string): readonly Item[] => [
    item('ValidatingAdmissionPolicyBinding', `${admission}/validatingadmissionpolicybindings`, name),
    item('ValidatingAdmissionPolicy', `${admission}/validatingadmissionpolicies`, name),
  ];
  return [
    ...WEBHOOK_CONFIGURATIONS.map(({ kind, path }) => item(kind, path, CONFIGURATION_NAME)),
    ...[ONLY_POLICY, ONLY_TEMPLATES_POLICY].flatMap(policy),
    ...PROGRAMS.map((name) => item('Deployment', `/apis/apps/v1/namespaces/${namespace}/deployments`, name)),
    // The second one owns the reports, which go with it.
    item('ClusterRoleBinding', `${rbac}/clusterrolebindings`, REPORT_WRITER),
    item('ClusterRole', `${rbac}/clusterroles`, REPORT_WRITER),
    ...PROGRAMS.flatMap((name) => [
      item('ClusterRoleBinding', `${rbac}/clusterrolebindings`, name),
      item('ClusterRole', `${rbac}/clusterroles`, name),
    ]),
    item('ClusterRole', `${rbac}/clusterroles`, SOURCE_READER),
    ...[...PROGRAMS, LEASE_READER].flatMap((name) => [
      item('RoleBinding', `${rbac}/namespaces/${namespace}/rolebindings`, name),
      item('Role', `${rbac}/namespaces/${namespace}/roles`, name),
    ]),
    // Only when there are no rights left that they limit.
    ...CONTROL_POLICIES.flatMap(policy),
    ...PROGRAMS.flatMap((name) => [
      item('PodDisruptionBudget', `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, name),
      item('NetworkPolicy', `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`, name),
      item('Service', `${core}/services`, name),
    ]),
    item('ConfigMap', `${core}/configmaps`, CONFIG_MAP),
    item('ConfigMap', `${core}/configmaps`, ONLY_CONFIG_MAP),
    item('Secret', `${core}/secrets`, AUTHORITY_SECRET),
    ...PROGRAMS.map((name) => item('ServiceAccount', `${core}/serviceaccounts`, name)),
    item('Namespace', '/api/v1/namespaces', namespace),
  ];
}

import { REPORT_KINDS, REPORT_NAME } from '../policy-report/kinds.ts';
import { AUTHORITY_SECRET, CONFIGURATION_NAME, CONTROL_NAME, REPORT_WRITER } from './names.ts';

/** One rule of RBAC; `name` and `namespace` where it is restricted to them. */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly name?: string;
  /** In the namespace of the installation only. */
  readonly own?: true;
}

const LEASES = 'coordination.k8s.io';
const WEBHOOKS = 'admissionregistration.k8s.io';
const FOLLOW = ['get', 'list', 'watch'] as const;

/** All that the webhook's ServiceAccount may do; deploy/base/rbac.yaml grants exactly this. */
export const RIGHTS: readonly Right[] = [
  { group: '', resource: 'configmaps', verbs: FOLLOW },
  { group: '', resource: 'namespaces', verbs: FOLLOW },
  { group: '', resource: 'limitranges', verbs: ['list', 'watch'] },
  { group: '', resource: 'resourcequotas', verbs: ['list', 'watch'] },
  { group: '', resource: 'pods', verbs: ['list'] },
  {
    group: WEBHOOKS,
    resource: 'mutatingwebhookconfigurations',
    name: CONFIGURATION_NAME,
    verbs: [...FOLLOW, 'patch'],
  },
  {
    group: WEBHOOKS,
    resource: 'validatingwebhookconfigurations',
    name: CONFIGURATION_NAME,
    verbs: [...FOLLOW, 'patch'],
  },
  { group: '', resource: 'secrets', name: AUTHORITY_SECRET, own: true, verbs: [...FOLLOW, 'patch'] },
  { group: '', resource: 'secrets', own: true, verbs: ['create'] },
  { group: LEASES, resource: 'leases', name: CONTROL_NAME, own: true, verbs: FOLLOW },
];

const ROLLS = ['list', 'watch', 'patch'] as const;
const READ = ['list', 'watch'] as const;

/** All that the controller's ServiceAccount may do; deploy/components/control/rbac.yaml grants exactly this. */
export const CONTROL_RIGHTS: readonly Right[] = [
  { group: '', resource: 'configmaps', verbs: [...FOLLOW, 'create', 'patch', 'delete'] },
  { group: '', resource: 'namespaces', verbs: READ },
  { group: '', resource: 'pods', verbs: READ },
  { group: 'apps', resource: 'deployments', verbs: ROLLS },
  { group: 'apps', resource: 'statefulsets', verbs: ROLLS },
  { group: 'apps', resource: 'daemonsets', verbs: ROLLS },
  { group: 'batch', resource: 'cronjobs', verbs: ROLLS },
  { group: 'argoproj.io', resource: 'rollouts', verbs: ROLLS },
  { group: 'serving.knative.dev', resource: 'services', verbs: ROLLS },
  { group: 'apps', resource: 'replicasets', verbs: READ },
  { group: 'apps', resource: 'controllerrevisions', verbs: READ },
  { group: 'batch', resource: 'jobs', verbs: READ },
  { group: 'events.k8s.io', resource: 'events', verbs: ['create'] },
  { group: LEASES, resource: 'leases', name: CONTROL_NAME, own: true, verbs: ['get', 'update'] },
  { group: LEASES, resource: 'leases', own: true, verbs: ['create'] },
];

/** What it may do as well where reports are wanted; deploy/components/reports/rbac.yaml grants exactly this. */
export const REPORT_RIGHTS: readonly Right[] = [
  ...REPORT_KINDS.flatMap(({ group, resource }): Right[] => [
    { group, resource, name: REPORT_NAME, verbs: [...FOLLOW, 'update', 'delete'] },
    { group, resource, verbs: ['create'] },
  ]),
  { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', name: REPORT_WRITER, verbs: ['get'] },
];

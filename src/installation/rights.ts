import { AUTHORITY_SECRET, CONFIGURATION_NAME, CONTROL_NAME } from './names.ts';

/** One rule of RBAC; `name` and `namespace` where it is restricted to them. */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly name?: string;
  /** In the namespace of the installation only. */
  readonly own?: true;
}

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
  { group: 'coordination.k8s.io', resource: 'leases', name: CONTROL_NAME, own: true, verbs: FOLLOW },
];

import { KNATIVE_GROUP } from './knative.ts';

/** A kind whose objects hold Pod templates at a known place. */
export interface TemplateKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Its name in URLs and in rules of a webhook's registration. */
  readonly resource: string;
  /** To the template; empty for a Pod. */
  readonly path: readonly string[];
  /** Whether the cluster's registration sends its objects to the validating webhook. */
  readonly reviewed: boolean;
  /**
   * Whether templates name revisions: those of `rolls` are rolled out when their source is edited, those of `keeps` run what
   * they were made with.
   */
  readonly stamped?: 'rolls' | 'keeps';
}

/** A step of a path that the configuration gives: every item of a list, or every value of a map. */
export const ANY_STEP = '*';

const TEMPLATE = ['spec', 'template'] as const;

/**
 * The one list of kinds with Pod templates: the command looks here first, the validating webhook reviews what is `reviewed`
 * (src/admission/validate.ts), the mutating one stamps what is `stamped` (src/admission/stamping), their metrics name those
 * kinds, and deploy/base/{validating,mutating}-webhook.yaml register them.
 */
export const TEMPLATE_KINDS: readonly TemplateKind[] = [
  { group: '', kind: 'Pod', resource: 'pods', path: [], reviewed: true },
  { group: '', kind: 'PodTemplate', resource: 'podtemplates', path: ['template'], reviewed: false },
  { group: '', kind: 'ReplicationController', resource: 'replicationcontrollers', path: TEMPLATE, reviewed: false },
  { group: 'apps', kind: 'Deployment', resource: 'deployments', path: TEMPLATE, reviewed: true, stamped: 'rolls' },
  { group: 'apps', kind: 'StatefulSet', resource: 'statefulsets', path: TEMPLATE, reviewed: true, stamped: 'rolls' },
  { group: 'apps', kind: 'DaemonSet', resource: 'daemonsets', path: TEMPLATE, reviewed: true, stamped: 'rolls' },
  { group: 'apps', kind: 'ReplicaSet', resource: 'replicasets', path: TEMPLATE, reviewed: true, stamped: 'keeps' },
  { group: 'batch', kind: 'Job', resource: 'jobs', path: TEMPLATE, reviewed: true, stamped: 'keeps' },
  {
    group: 'batch',
    kind: 'CronJob',
    resource: 'cronjobs',
    path: ['spec', 'jobTemplate', 'spec', 'template'],
    reviewed: true,
    stamped: 'rolls',
  },
  { group: KNATIVE_GROUP, kind: 'Service', resource: 'services', path: TEMPLATE, reviewed: true, stamped: 'rolls' },
  { group: KNATIVE_GROUP, kind: 'Configuration', resource: 'configurations', path: TEMPLATE, reviewed: false },
  { group: 'argoproj.io', kind: 'Rollout', resource: 'rollouts', path: TEMPLATE, reviewed: false, stamped: 'rolls' },
];

const BY_NAME: ReadonlyMap<string, TemplateKind> = new Map(
  TEMPLATE_KINDS.map((each) => [`${each.group}/${each.kind}`, each]),
);

/** @returns undefined if the kind has no Pod template, or one that only its shape tells */
export const templateKindOf = (group: string, kind: string): TemplateKind | undefined =>
  BY_NAME.get(`${group}/${kind}`);

/** What doctor creates of each kind that makes Pods, as docs/workloads.md lists them: as little as its schema takes. */
import type { ConfiguredTemplate } from '../config/configuration.ts';
import { KNATIVE_GROUP } from '../function/knative.ts';
import { ANY_STEP } from '../function/template-kinds.ts';
import { PROBE_NAME } from './probe.ts';

export interface TriedKind {
  readonly group: string;
  readonly kind: string;
  /** In URLs. */
  readonly resource: string;
  /** Whether its Pods end, so that they have a command of their own and are not started again. */
  readonly ends: boolean;
  /** The whole object apart from its name. */
  readonly body: (template: object) => object;
}

type Spec = (template: object) => object;

const row = (group: string, kind: string, resource: string, spec: Spec, ends = false): TriedKind => ({
  group,
  kind,
  resource,
  ends,
  body: (template) => ({ spec: spec(template) }),
});

const APP = { app: PROBE_NAME };
const selected: Spec = (template) => ({ selector: { matchLabels: APP }, template });
const bare: Spec = (template) => ({ template });
const pods = (spec: object): object => ({ spec });

/** Those that every cluster has. */
export const BUILT_IN: readonly TriedKind[] = [
  row('apps', 'Deployment', 'deployments', selected),
  row('apps', 'StatefulSet', 'statefulsets', (template) => ({ serviceName: PROBE_NAME, ...selected(template) })),
  row('apps', 'DaemonSet', 'daemonsets', selected),
  row('apps', 'ReplicaSet', 'replicasets', selected),
  row('batch', 'Job', 'jobs', bare, true),
  row(
    'batch',
    'CronJob',
    'cronjobs',
    (template) => ({ schedule: '0 0 1 1 *', jobTemplate: pods(bare(template)) }),
    true,
  ),
];

/** Those that a cluster may have. */
const OPTIONAL: readonly TriedKind[] = [
  row('argoproj.io', 'Rollout', 'rollouts', (template) => ({ strategy: { canary: {} }, ...selected(template) })),
  row(KNATIVE_GROUP, 'Service', 'services', bare),
  row(
    'keda.sh',
    'ScaledJob',
    'scaledjobs',
    (template) => ({
      jobTargetRef: bare(template),
      triggers: [
        { type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } },
      ],
    }),
    true,
  ),
  row(
    'jobset.x-k8s.io',
    'JobSet',
    'jobsets',
    (template) => ({ replicatedJobs: [{ name: 'doctor', template: pods(bare(template)) }] }),
    true,
  ),
  row('leaderworkerset.x-k8s.io', 'LeaderWorkerSet', 'leaderworkersets', (template) => ({
    leaderWorkerTemplate: { size: 1, workerTemplate: template },
  })),
  row('apps.kruise.io', 'CloneSet', 'clonesets', selected),
  row(
    'kubeflow.org',
    'PyTorchJob',
    'pytorchjobs',
    (template) => ({ pytorchReplicaSpecs: { Master: bare(template) } }),
    true,
  ),
  row('apps.openshift.io', 'DeploymentConfig', 'deploymentconfigs', (template) => ({ selector: APP, template })),
];

const titleOf = ({ group, kind }: Pick<TriedKind, 'group' | 'kind'>): string => `${group}/${kind}`;

/** With those that only the configuration knows, made of the path alone. */
export function optionalKinds(templates: readonly ConfiguredTemplate[]): readonly TriedKind[] {
  const known = new Map(OPTIONAL.map((each) => [titleOf(each), each]));
  for (const { group, kind, resource, path } of templates) {
    const title = titleOf({ group, kind });
    if (known.has(title)) continue;
    const body = (template: object): object => along(path, template);
    known.set(title, { group, kind, resource, ends: false, body });
  }
  return [...known.values()];
}

/** An object that has the template at a path: `*` is taken for the items of a list. */
function along([step, ...rest]: readonly string[], template: object): object {
  if (step === undefined) return template;
  const inner = along(rest, template);
  return step === ANY_STEP ? [inner] : { [step]: inner };
}

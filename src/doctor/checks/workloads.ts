import { DEFAULT_CONFIGURATION } from '../../config/defaults.ts';
import type { Answer } from '../../api-server/answer.ts';
import { text } from '../../kubernetes/fields.ts';
import { failed, ok, skipped, warned, type Check, type CheckResult, type Patient } from '../check.ts';
import { installedConfiguration } from '../installed-configuration.ts';
import { cureOf, mayNotCreate, PROBE_NAME, probeNamespace, probeRuntime, probeTemplate } from '../probe.ts';
import { BUILT_IN, optionalKinds, type TriedKind } from '../tried-kinds.ts';

const CHECK = 'Workloads';
/** Not in any configuration, so that the template is refused by whoever looks at it. */
const NO_RUNTIME = 'none-of-doctor';

type Outcome =
  'reviewed' | 'not-reviewed' | 'forbidden' | 'absent' | { readonly refused: Answer & { readonly ok: false } };

/**
 * One of each kind of the cluster that makes Pods, as a dry run: whether a good template is admitted, and whether a faulty one is refused
 * before its Pods exist.
 */
export const workloads: Check = async (patient) => {
  const namespace = await probeNamespace(patient);
  // The check of a Function reports that there is none.
  if (namespace === undefined) return [];
  const [runtime, configuration = DEFAULT_CONFIGURATION] = await Promise.all([
    probeRuntime(patient),
    installedConfiguration(patient),
  ]);
  const kinds = [...BUILT_IN, ...optionalKinds(configuration.templates)];
  const outcomes = await Promise.all(kinds.map((kind) => outcomeOf(kind, namespace, runtime, patient)));
  const of = (wanted: Outcome): readonly string[] =>
    kinds.filter((_, index) => outcomes[index] === wanted).map(({ kind }) => kind);
  return [
    ...reviewed(of('reviewed')),
    ...notReviewed(of('not-reviewed')),
    ...forbidden(of('forbidden'), namespace),
    ...kinds.flatMap(({ kind }, index) => {
      const outcome = outcomes[index];
      return typeof outcome === 'object' ? [refused(kind, namespace, outcome.refused.message)] : [];
    }),
  ];
};

async function outcomeOf(kind: TriedKind, namespace: string, runtime: string, patient: Patient): Promise<Outcome> {
  const version = await versionOf(kind, patient);
  if (version === undefined) return 'absent';
  const create = (name: string): Promise<Answer> => {
    const path = `/apis/${kind.group}/${version}/namespaces/${namespace}/${kind.resource}`;
    return patient.post(path, objectOf(kind, version, name), { dryRun: 'All' });
  };
  const good = await create(runtime);
  if (!good.ok) {
    // The group has other kinds, such as Argo's Workflows without Rollouts.
    if (good.status === 404) return 'absent';
    return mayNotCreate(good) ? 'forbidden' : { refused: good };
  }
  const faulty = await create(NO_RUNTIME);
  if (faulty.ok) return 'not-reviewed';
  return faulty.message.includes(NO_RUNTIME) ? 'reviewed' : { refused: faulty };
}

/** The version that the cluster prefers; undefined if it does not have the group. */
async function versionOf({ group }: TriedKind, { get }: Patient): Promise<string | undefined> {
  if (BUILT_IN.some((each) => each.group === group)) return 'v1';
  const answer = await get(`/apis/${group}`);
  const version = answer.ok ? text(answer.object, 'preferredVersion', 'version') : '';
  return version === '' ? undefined : version;
}

function objectOf({ group, kind, ends, body }: TriedKind, version: string, runtime: string): object {
  const { metadata, spec } = probeTemplate(runtime, ends);
  return {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name: PROBE_NAME },
    ...body({ metadata, spec }),
  };
}

const reviewed = (kinds: readonly string[]): readonly CheckResult[] =>
  kinds.length === 0
    ? []
    : [ok(CHECK, `${kinds.join(', ')}: a good template is admitted, a faulty one is refused (dry run)`)];

const notReviewed = (kinds: readonly string[]): readonly CheckResult[] =>
  kinds.length === 0
    ? []
    : [
        warned(
          CHECK,
          `${kinds.join(', ')}: a faulty template is admitted, and refused only when its Pods are created`,
          'name the kind under templates of the configuration and register it: docs/workloads.md',
        ),
      ];

const forbidden = (kinds: readonly string[], namespace: string): readonly CheckResult[] =>
  kinds.length === 0
    ? []
    : [
        skipped(
          CHECK,
          `you may not create ${kinds.join(', ')} in ${namespace}`,
          'ask as a user who may, or name another --probe-namespace',
        ),
      ];

function refused(kind: string, namespace: string, message: string): CheckResult {
  return message.includes('buildless.dev')
    ? failed(CHECK, `a good ${kind} in ${namespace} is refused: ${message}`, cureOf(message))
    : skipped(
        CHECK,
        `${kind} was not tried, because the cluster refuses the one that doctor makes: ${message}`,
        'try one of your own with kubectl apply --dry-run=server',
      );
}

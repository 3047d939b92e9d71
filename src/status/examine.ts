import { basisOf, judge } from '../admission/judgement.ts';
import { pinFindings } from '../admission/pins.ts';
import type { Configuration } from '../config/configuration.ts';
import { deniedNote } from '../denied/finding.ts';
import type { DeniedList, DeniedPackage } from '../denied/list.ts';
import { LEVELS, refuses, type Level } from '../dependencies/policy.ts';
import { parseDefinition, type FunctionDefinition } from '../function/definition.ts';
import type { SourceFiles } from '../function/files.ts';
import { ANNOTATIONS, ROLLOUT_MODES, type RolloutMode } from '../function/keys.ts';
import { KNATIVE_GROUP } from '../function/knative.ts';
import { parsePod } from '../function/pod-shape.ts';
import { formatSource } from '../function/source.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import { podTemplateOf } from '../manifests/templates.ts';
import { baseOf, isNamedBy, parseRevisionName } from '../function/revision-name.ts';
import { parseStamp, type Stamp } from '../function/stamp.ts';
import { filesOfLockAlone } from '../revision/lock-alone.ts';
import { followedOf, FOLLOWS_NOTHING } from '../function/source-state.ts';
import { podsOf, type Workload } from './workload.ts';
import type { ClusterObjects, Get } from './cluster-objects.ts';
import { isFailure, readParts, readRevision, merged, type ReadPart, type StoredRevision } from './live-source.ts';
import { deniedByEvents, latestEvent } from './events.ts';
import { runningOf } from './pods.ts';
import type { FunctionRow, LockMaker, RolloutState } from './row.ts';

/** Where rows come from. */
export interface Examination {
  readonly get: Get;
  readonly objects: ClusterObjects;
  readonly configuration: Configuration;
  /** Version of the webhook that is installed, or of the command if that cannot be read. */
  readonly version: string;
  /** Set if Functions are compared with it. */
  readonly denied?: DeniedList;
}

/** Looks at one Function: what runs, what its author wrote since, and why the one is not the other. */
export async function examineFunction(workload: Workload, examination: Examination): Promise<FunctionRow> {
  const { get, objects, configuration, version } = examination;
  const { namespace, stamp: text } = workload;
  const stamp = text === undefined ? undefined : parseStamp(text);
  const running = runningOf(podsOf(workload, objects), text);
  const group = workload.kind === 'Service' ? KNATIVE_GROUP : '';
  const parsed = parsePod(podTemplateOf({ ...workload, group }));
  const pod = 'pod' in parsed ? parsed.pod : undefined;
  const read = pod === undefined ? undefined : parseDefinition(pod, configuration);
  const definition = read !== undefined && 'definition' in read ? read.definition : undefined;
  const stored = stamp === undefined ? undefined : await readRevision(get, namespace, stamp);
  const revision = stored === undefined || isFailure(stored) ? undefined : stored;
  const live =
    definition?.source.type === 'configmap' ? await readParts(get, namespace, definition.source.names) : undefined;
  const rollout = rolloutOf(workload, configuration);
  const { state, notes } = stateOf({ workload, stamp, live, rollout, examination, running: running.otherRevision });
  const files = revision?.files ?? (live === undefined || isFailure(live) ? undefined : merged(live));
  const deprecated = definition?.runtime.deprecated;
  const ofTemplate =
    definition === undefined ? undefined : deniedOf(workload, text, definition, files, revision, examination);
  const ofPods =
    definition === undefined ? [] : await deniedInPods(workload, definition, running.otherStamps, examination);
  const denied = ofTemplate && distinct([...ofTemplate, ...ofPods]);
  return {
    namespace,
    function: workload.function,
    workload: { kind: workload.kind, name: workload.name },
    runtime: workload.annotations[ANNOTATIONS.runtime] ?? '',
    ...(deprecated !== undefined && { deprecated }),
    source:
      definition === undefined ? (workload.annotations[ANNOTATIONS.source] ?? '') : formatSource(definition.source),
    rollout,
    state,
    ...(text !== undefined && {
      revision: { stamp: text, ...(revision?.created !== undefined && { created: revision.created }) },
    }),
    replicas: {
      ...(workload.wanted !== undefined && { wanted: workload.wanted }),
      ready: running.ready,
      otherRevision: running.otherRevision,
    },
    ...(definition === undefined || pod === undefined
      ? { lock: 'unknown' as const, level: 'unknown' as const }
      : judged({ pod, definition, files, revision, configuration })),
    ...(denied !== undefined && { denied }),
    injectedBy: running.injectedBy,
    notes: [
      ...distinct(ofTemplate ?? []).map(deniedNote),
      ...ofPods.map((each) => `a Pod of another revision ${deniedNote(each)}`),
      ...notes,
      ...(stored !== undefined && isFailure(stored) ? [`the revision cannot be read (${stored.message})`] : []),
      ...(revision?.lock?.kind === 'none'
        ? [`no lock was resolved: ${revision.lock.problem}; ${revision.lock.fix}`]
        : []),
      ...(revision?.lock?.kind === 'refused'
        ? [`${revision.lock.problem}; ${revision.lock.fix}`, ...revision.lock.details]
        : []),
      ...(read !== undefined && 'findings' in read
        ? read.findings.map(({ problem, fix }) => `${problem}; ${fix}`)
        : []),
      ...running.stuck,
      ...injectionNotes(running.injectedBy, version),
    ],
  };
}

/** Of a commit the controller's lock is all that is in the cluster; only the controller has read the lock of its author. */
function deniedOf(
  workload: Workload,
  stamp: string | undefined,
  { runtime: { language } }: FunctionDefinition,
  files: SourceFiles | undefined,
  revision: StoredRevision | undefined,
  { denied, configuration, objects }: Examination,
): readonly DeniedPackage[] | undefined {
  if (denied === undefined) return undefined;
  const lock = revision?.lock;
  const whole = files ?? (lock?.kind === 'lock' ? filesOfLockAlone(lock) : undefined);
  if (whole === undefined) {
    return stamp === undefined ? [] : deniedByEvents(workload, stamp, language, denied, objects.events);
  }
  const { contents } = judge(whole, basisOf(configuration, language));
  return contents === undefined ? [] : denied.search(contents);
}

/** Revisions of one workload whose Pods run at the same time. */
const MOST_REVISIONS = 10;

/** Of Pods that a rollout has not replaced yet, or that an edit of the template left. */
async function deniedInPods(
  workload: Workload,
  definition: FunctionDefinition,
  stamps: readonly string[],
  examination: Examination,
): Promise<readonly DeniedPackage[]> {
  if (examination.denied === undefined) return [];
  const found: DeniedPackage[] = [];
  for (const text of stamps.slice(0, MOST_REVISIONS)) {
    const stamp = parseStamp(text);
    const read = stamp === undefined ? undefined : await readRevision(examination.get, workload.namespace, stamp);
    if (read === undefined || isFailure(read)) continue;
    found.push(...(deniedOf(workload, text, definition, read.files, read, examination) ?? []));
  }
  return distinct(found);
}

const distinct = (packages: readonly DeniedPackage[]): readonly DeniedPackage[] => [
  ...new Map(packages.map((each) => [`${each.name}@${each.version}`, each])).values(),
];

const rolloutOf = ({ rollout }: Workload, { revisions }: Configuration): RolloutMode =>
  ROLLOUT_MODES.find((mode) => mode === rollout) ?? revisions.rollout;

function judged({
  pod,
  definition,
  files,
  revision,
  configuration,
}: {
  readonly pod: PodLike;
  readonly definition: FunctionDefinition;
  readonly files: SourceFiles | undefined;
  readonly revision: StoredRevision | undefined;
  readonly configuration: Configuration;
}): { readonly lock: LockMaker; readonly level: Level | 'unknown' } {
  if (files === undefined) {
    const byController = revision?.lock?.kind === 'lock';
    return { lock: byController ? 'controller' : 'unknown', level: 'unknown' };
  }
  const facts = judge(files, basisOf(configuration, definition.runtime.language));
  const findings = [...facts.findings, ...pinFindings(pod, definition)];
  const level = LEVELS.findLast((each) => !findings.some((finding) => refuses(each, finding))) ?? 'off';
  if (!facts.hasDependencies) return { lock: 'not needed', level };
  if (revision?.lock?.kind === 'lock') return { lock: 'controller', level };
  return { lock: facts.lacksLock ? 'none' : 'author', level };
}

interface Compared {
  readonly workload: Workload;
  readonly stamp: Stamp | undefined;
  readonly live: readonly ReadPart[] | { readonly message: string; readonly status: number } | undefined;
  readonly rollout: RolloutMode;
  readonly examination: Examination;
  /** Pods on another revision. */
  readonly running: number;
}

/** Kinds whose template never changes once it is there. */
const FIXED = ['Pod', 'Job'];

function stateOf({ workload, stamp, live, rollout, examination, running }: Compared): {
  readonly state: RolloutState;
  readonly notes: readonly string[];
} {
  const rolling: RolloutState = running > 0 ? 'rolling out' : 'current';
  if (workload.stamp !== undefined && stamp === undefined) {
    return { state: 'unknown', notes: [`"${workload.stamp}" is not a revision; apply the workload again`] };
  }
  const event = latestEvent(workload, examination.objects.events);
  const why = event === undefined ? [] : [event];
  if (live === undefined) {
    return { state: stamp === undefined ? 'live' : rolling, notes: why };
  }
  if ('message' in live) {
    return live.status === 404
      ? {
          state: stamp === undefined ? 'unknown' : rolling,
          notes: ['the source does not exist any more; what runs goes on'],
        }
      : { state: 'unknown', notes: [`the source cannot be read (${live.message})`] };
  }
  if (stamp === undefined) {
    return {
      state: 'live',
      notes: FIXED.includes(workload.kind) || workload.followed === undefined ? [] : why,
    };
  }
  const state = { code: { type: 'files' as const, parts: live.map(({ part }) => part) }, refresh: refreshOf(live) };
  if (workload.followed !== followedOf(state)) {
    const edited = rollout === 'manual' ? ['edited; rollout is manual: apply the workload to roll it out'] : why;
    const none =
      workload.followed === FOLLOWS_NOTHING ? 'the source did not exist when the workload was created' : undefined;
    const unknown = none ?? 'edited; the controller has not rolled it out yet';
    return { state: 'edited', notes: edited.length > 0 ? edited : [unknown] };
  }
  return isOf(stamp, live)
    ? { state: rolling, notes: [] }
    : { state: 'rolled back', notes: ['runs an earlier revision after an undo; the next edit rolls out'] };
}

/** As a source of several ConfigMaps counts it: `lock --refresh` raises one of them. */
const refreshOf = (parts: readonly ReadPart[]): number => parts.reduce((sum, { refresh }) => sum + refresh, 0);

const isOf = ({ code }: Stamp, live: readonly ReadPart[]): boolean =>
  code.type === 'files' &&
  code.names.length === live.length &&
  code.names.every((name, index) => {
    const part = live[index]?.part;
    return part !== undefined && isNamedBy(part.digest, name) && parseRevisionName(name)?.base === baseOf(part.name);
  });

const injectionNotes = (injectedBy: readonly string[], version: string): readonly string[] => {
  const others = injectedBy.filter((each) => each !== version);
  return others.length === 0
    ? []
    : [
        `Pods were injected by Buildless ${others.join(', ')}, the webhook is ${version}; new Pods get the new injection`,
      ];
};

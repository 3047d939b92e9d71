import { count, field, text } from '../kubernetes/fields.ts';
import type { SourceFiles } from '../function/files.ts';
import { REVISION_ANNOTATION } from '../function/keys.ts';
import { KNATIVE_REVISION_LABEL } from '../function/knative.ts';
import { labelsOf, type KubernetesObject } from '../kubernetes/object.ts';
import { parseStamp } from '../function/stamp.ts';
import { changesOfProvenance, type Evidence } from '../provenance/changes.ts';
import type { ClusterObjects, Get } from './cluster-objects.ts';
import { isFailure, readRevision, type StoredRevision } from './live-source.ts';
import { changesBetween, lockedVersions, type MapChanges } from './packages.ts';
import { controllerOf, isOfService, textsAt, type Workload } from './workload.ts';

/** A package whose version is not what it was in the revision before. */
export interface MovedPackage {
  readonly name: string;
  /** Absent for one that did not exist. */
  readonly from?: string;
  /** Absent for one that is gone. */
  readonly to?: string;
}

/** A package that shows more or less evidence of its origin than in the revision before. */
export interface ChangedProvenance {
  readonly name: string;
  /** Versions. */
  readonly from: string;
  readonly to: string;
  readonly lost: readonly Evidence[];
  readonly gained: readonly Evidence[];
}

/** One revision of a workload, as its ReplicaSets, ControllerRevisions or Jobs, or Knative's revisions, remember it. */
export interface HistoryEntry {
  /** Number for `kubectl rollout undo --to-revision`; 0 for kinds without one. */
  readonly number: number;
  /** Name of the object that remembers it. */
  readonly object: string;
  /** RFC 3339. */
  readonly created: string;
  /** Whether the template names it now. */
  readonly current: boolean;
  /** Absent if its Pods run the live source. */
  readonly stamp?: string;
  /** Against the entry before; absent for the first, and for what cannot be read any more. */
  readonly files?: MapChanges;
  readonly packages?: readonly MovedPackage[];
  /** Absent unless both revisions recorded what registries said, and it differs. */
  readonly provenance?: readonly ChangedProvenance[];
  /** Why there is nothing to compare. */
  readonly note?: string;
}

/** What a workload ran, oldest first. */
export async function historyOf(
  workload: Workload,
  objects: ClusterObjects,
  get: Get,
): Promise<readonly HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  let before: StoredRevision | undefined;
  for (const remembered of rememberedBy(workload, objects)) {
    const { stamp, ...rest } = remembered;
    const parsed = stamp === undefined ? undefined : parseStamp(stamp);
    const read = parsed === undefined ? undefined : await readRevision(get, workload.namespace, parsed);
    const revision = read === undefined || isFailure(read) ? undefined : read;
    entries.push({
      ...rest,
      current: stamp === workload.stamp,
      ...(stamp !== undefined && { stamp }),
      ...comparison(before, revision),
      ...provenanceOf(before, revision),
      ...(read !== undefined && isFailure(read) && { note: `cannot be read any more (${read.message})` }),
      ...(stamp === undefined && { note: 'ran the source as it was when each Pod started' }),
    });
    before = revision;
  }
  return entries;
}

type Remembered = Pick<HistoryEntry, 'number' | 'object' | 'created' | 'stamp'>;

const NUMBERS = ['deployment.kubernetes.io/revision', 'rollout.argoproj.io/revision'];

function rememberedBy(workload: Workload, objects: ClusterObjects): readonly Remembered[] {
  const { workloads, controllerRevisions } = objects;
  const below = workloads.filter(({ object }) => controllerOf(object) === workload.uid);
  const found = [
    ...(workload.kind === 'Service' ? rememberedByKnative(workload, objects) : []),
    ...below.map(({ kind, object }) => rememberedIn(object, field(object, ...kind.path), numberOf(object))),
    ...controllerRevisions
      .filter((object) => controllerOf(object) === workload.uid)
      .map((object) => rememberedIn(object, field(object, 'data', 'spec', 'template'), count(object, 'revision'))),
  ];
  const own = { number: 0, object: workload.name, created: workload.created };
  const all = found.length > 0 ? found : [{ ...own, ...(workload.stamp !== undefined && { stamp: workload.stamp }) }];
  return [...all].sort((a, b) => a.number - b.number || (a.created < b.created ? -1 : 1));
}

/** Each revision of Knative has a Deployment, also while nothing runs. */
const rememberedByKnative = (workload: Workload, { workloads }: ClusterObjects): readonly Remembered[] =>
  workloads
    .filter(({ kind, object }) => kind.kind === 'Deployment' && isOfService(object, workload))
    .map(({ kind, object }) => ({
      // `kubectl rollout undo` is not for its Deployment.
      ...rememberedIn(object, field(object, ...kind.path), 0),
      object: labelsOf(object)[KNATIVE_REVISION_LABEL] ?? '',
    }));

function rememberedIn(object: KubernetesObject, template: unknown, number: number): Remembered {
  const stamp = textsAt(template, 'metadata', 'annotations')[REVISION_ANNOTATION];
  return {
    number,
    object: text(object, 'metadata', 'name'),
    created: text(object, 'metadata', 'creationTimestamp'),
    ...(stamp !== undefined && { stamp }),
  };
}

function numberOf(object: KubernetesObject): number {
  const annotations = textsAt(object, 'metadata', 'annotations');
  const number = NUMBERS.map((key) => annotations[key]).find((value) => value !== undefined);
  return Number(number ?? 0);
}

function provenanceOf(
  before: StoredRevision | undefined,
  after: StoredRevision | undefined,
): Pick<HistoryEntry, 'provenance'> {
  const [old, now] = [before?.record, after?.record];
  if (old?.releases === undefined || now?.releases === undefined || old.language !== now.language) return {};
  const provenance = changesOfProvenance(old.releases, now.releases).map(({ name, from, to, lost, gained }) => ({
    name,
    from: from.version,
    to: to.version,
    lost,
    gained,
  }));
  return provenance.length === 0 ? {} : { provenance };
}

function comparison(
  before: StoredRevision | undefined,
  after: StoredRevision | undefined,
): Pick<HistoryEntry, 'files' | 'packages'> {
  if (before?.files === undefined || after?.files === undefined) return {};
  const isOwn = (file: string): boolean =>
    ![before, after].some(({ lock }) => lock?.kind === 'lock' && lock.file === file);
  const own = (files: SourceFiles): SourceFiles => new Map([...files].filter(([file]) => isOwn(file)));
  return {
    files: changesBetween(own(before.files), own(after.files), (one, other) => Buffer.compare(one, other) === 0),
    packages: movedPackages(before.files, after.files),
  };
}

function movedPackages(before: SourceFiles, after: SourceFiles): readonly MovedPackage[] {
  const [from, to] = [lockedVersions(before), lockedVersions(after)];
  const { added, removed, changed } = changesBetween(from, to, (one, other) => one === other);
  return [...added, ...removed, ...changed].sort().map((name) => {
    const [old, now] = [from.get(name), to.get(name)];
    return { name, ...(old !== undefined && { from: old }), ...(now !== undefined && { to: now }) };
  });
}

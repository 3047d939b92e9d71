/**
 * Templates of workloads: stamps them, so that the first ReplicaSet already carries the revision, and one apply of a source and
 * its workload is one rollout. It does nothing while no controller works.
 *
 * Fields: metadata.labels["buildless.dev/followed"], and metadata.annotations["buildless.dev/revision"] of the template
 */
import { isDeepStrictEqual } from 'node:util';
import type { FunctionDefinition } from '../../function/definition.ts';
import { REVISION_ANNOTATION } from '../../function/keys.ts';
import { KNATIVE_GROUP } from '../../function/knative.ts';
import { parsePod } from '../../function/pod-shape.ts';
import { readStamp } from '../../function/stamp-of-source.ts';
import { inspect } from '../../inject/inject.ts';
import { nameOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { templateKindOf, type TemplateKind } from '../../function/template-kinds.ts';
import { podTemplateOf, valueAt } from '../../manifests/templates.ts';
import type { Warning } from '../../outcome/finding.ts';
import { annotationField, type FieldPath } from '../../outcome/place.ts';
import { isStranger } from '../review-namespace.ts';
import { askedOnce } from '../once.ts';
import { skipped, stamped } from '../response.ts';
import type { AdmissionRequest, Verdict } from '../review.ts';
import type { ReviewContext } from '../review-context.ts';
import { decideMarks, type Marks, type Stamping, type WorkloadChange } from './decide.ts';
import { readyForKnative } from './knative-template.ts';
import { liveMarks, relockedMarks } from './live-revision.ts';
import {
  installsForText,
  isOwnedByStamped,
  lastAppliedMarks,
  marksOf,
  sourceTextOf,
  templateOf,
  withMarks,
  withoutStamp,
} from './workload.ts';

/** @returns undefined for a request about anything else */
export function stampedKindOf({ kind, subResource, operation }: AdmissionRequest): TemplateKind | undefined {
  const known = templateKindOf(kind.group, kind.kind);
  const isChange = operation === 'CREATE' || operation === 'UPDATE';
  return known?.stamped !== undefined && isChange && subResource === '' ? known : undefined;
}

export async function stampTemplate(
  request: AdmissionRequest,
  { group, path, stamped: effect }: TemplateKind,
  given: ReviewContext,
): Promise<Verdict> {
  const { uid, namespace, object, oldObject, operation } = request;
  const context = askedOnce(given);
  const template = object === undefined ? undefined : templateOf(object, path);
  if (object === undefined || template === undefined) return skipped(uid, 'other-operation');
  const isFollowed = context.revisions?.isFollowed() === true;
  if (!isFollowed && group !== KNATIVE_GROUP) return skipped(uid, 'no-controller');
  const deleted = valueAt(object, ['metadata', 'deletionTimestamp']);
  if (deleted !== undefined && deleted !== null) return skipped(uid, 'being-deleted');
  if (isOwnedByStamped(object)) return skipped(uid, 'owned-by-controller');
  if (await isStranger(namespace, context)) return skipped(uid, 'namespace-not-opted-in');
  const parsed = parsePod(podTemplateOf({ group, name: nameOf(object), template: withoutStamp(template) }));
  // The validating half says what is wrong.
  if ('findings' in parsed) return skipped(uid, 'no-revision');
  const inspection = inspect(parsed.pod, context.configuration());
  if (inspection.kind === 'skip') return skipped(uid, inspection.code);
  if (inspection.kind === 'injected') return skipped(uid, 'already-injected');
  if (inspection.kind === 'refused') return skipped(uid, 'no-revision');
  const { definition } = inspection;
  const ready = definition.knative === undefined ? object : readyForKnative(object, path, parsed.pod, definition);
  if (!isFollowed || definition.source.type === 'image') {
    const code = isFollowed ? 'no-revision' : 'no-controller';
    return ready === object ? skipped(uid, code) : stamped(uid, object, ready, []);
  }

  const change = await changeOf(
    {
      namespace,
      path,
      keeps: effect === 'keeps',
      object: ready,
      oldObject: operation === 'CREATE' ? undefined : oldObject,
    },
    definition,
    context,
  );
  const decided = decideMarks(change);
  const marks = effect === 'rolls' ? decided : { ...decided, followed: change.new.followed };
  const warnings = warningsOf(decided, change, path);
  return stamped(uid, object, withMarks(ready, path, marks), warnings);
}

interface Changed
  extends Pick<AdmissionRequest, 'namespace'>, Pick<TemplateKind, 'path'>, Pick<WorkloadChange, 'keeps'> {
  readonly object: KubernetesObject;
  /** Undefined when it is created. */
  readonly oldObject: KubernetesObject | undefined;
}

/** Asks for no more than the decision needs. */
async function changeOf(
  { namespace, object, oldObject, path, keeps }: Changed,
  definition: FunctionDefinition,
  context: ReviewContext,
): Promise<WorkloadChange> {
  const now = marksOf(object, path);
  const old = oldObject === undefined ? undefined : marksOf(oldObject, path);
  const template = templateOf(object, path) ?? {};
  const before = oldObject === undefined ? undefined : templateOf(oldObject, path);
  const isTemplateNew = before === undefined || !isDeepStrictEqual(withoutStamp(template), withoutStamp(before));
  const isSourceNew = before === undefined || sourceTextOf(template) !== sourceTextOf(before);
  const isStampNew = now.stamp !== undefined && now.stamp !== old?.stamp;
  // A commit does not change; what its template has by now may name a lock as well.
  const mayDiffer = definition.source.type === 'git' ? isSourceNew : isTemplateNew || isStampNew;
  const looksAtSource = old === undefined || mayDiffer;
  const live = looksAtSource ? await liveMarks(namespace, definition, context) : undefined;
  const isStored =
    old !== undefined && isStampNew && now.stamp !== live?.stamp
      ? await isStoredRevision(namespace, now.stamp, definition, context)
      : false;
  const isKept = before !== undefined && !isSourceNew && !(isStampNew && isStored);
  const relocked =
    isKept && installsForText(template) !== installsForText(before)
      ? await relockedOf(namespace, old, definition, context)
      : undefined;
  return {
    old,
    new: now,
    lastApplied: lastAppliedMarks(object, path),
    isTemplateNew,
    keeps,
    isSourceNew,
    isStored,
    live,
    ...(relocked !== undefined && { relocked }),
  };
}

/** Whether all files of a revision are there; what cannot be told is for its Pods to say. */
async function isStoredRevision(
  namespace: string,
  text: string | undefined,
  definition: FunctionDefinition,
  { revisions }: ReviewContext,
): Promise<boolean> {
  const stamp = readStamp(text, definition.source);
  if (stamp === undefined || 'problem' in stamp || revisions === undefined) return false;
  if (stamp.code.type === 'commit') return true;
  const stored = await Promise.all(stamp.code.names.map((name) => revisions.files(namespace, name)));
  return stored.every(({ type }) => type === 'files' || type === 'unreachable');
}

async function relockedOf(
  namespace: string,
  old: Marks | undefined,
  definition: FunctionDefinition,
  context: ReviewContext,
): Promise<Marks | undefined> {
  const stamp = readStamp(old?.stamp, definition.source);
  if (stamp === undefined || 'problem' in stamp) return undefined;
  return relockedMarks(namespace, definition, stamp, context);
}

function warningsOf({ rejected }: Stamping, change: WorkloadChange, template: FieldPath): readonly Warning[] {
  if (rejected === undefined) return [];
  const stays = change.old?.stamp === undefined ? 'the template has none' : `"${change.old.stamp}" stays`;
  return [
    {
      code: 'revision-kept',
      field: [...template, ...annotationField(REVISION_ANNOTATION)],
      problem:
        rejected === 'last-applied'
          ? `the manifest brings the revision "${change.new.stamp ?? ''}", which it was exported with; ${stays}`
          : `the revision "${change.new.stamp ?? ''}" does not exist; ${stays}`,
      fix: 'remove the annotation from the manifest; Buildless writes it',
    },
  ];
}

import { ANNOTATIONS, FOLLOWED_LABEL, FUNCTION_LABEL, REVISION_ANNOTATION } from '../../function/keys.ts';
import { KNATIVE_GROUP } from '../../function/knative.ts';
import { formatSource, parseSource } from '../../function/source.ts';
import { annotationsOf, groupOf, isObject, kindOf, labelsOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { templateKindOf } from '../../function/template-kinds.ts';
import { valueAt, type Path } from '../../manifests/templates.ts';
import { isJsonObject, type JsonObject } from '../../json/object.ts';
import type { Marks } from './decide.ts';

/** Written by `kubectl apply`: the manifest as it was given. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const NO_MARKS: Marks = { stamp: undefined, followed: undefined };

/** The template of a workload, with labels and annotations. */
export function templateOf(object: KubernetesObject, path: Path): KubernetesObject | undefined {
  const template = valueAt(object, path);
  return isObject(template) ? template : undefined;
}

export function marksOf(object: KubernetesObject, path: Path): Marks {
  const template = templateOf(object, path);
  return {
    stamp: template === undefined ? undefined : annotationsOf(template)[REVISION_ANNOTATION],
    followed: labelsOf(object)[FOLLOWED_LABEL],
  };
}

/** The marks in the manifest that was applied last, if it is kept. */
export function lastAppliedMarks(object: KubernetesObject, path: Path): Marks {
  const text = annotationsOf(object)[LAST_APPLIED];
  // Few manifests have marks at all, and a string of 256 KiB is not read for nothing.
  if (text === undefined || !(text.includes(REVISION_ANNOTATION) || text.includes(FOLLOWED_LABEL))) return NO_MARKS;
  try {
    const manifest: unknown = JSON.parse(text);
    return isObject(manifest) ? marksOf(manifest, path) : NO_MARKS;
  } catch {
    return NO_MARKS;
  }
}

/** What decides where the code of a template comes from, written in one way. */
export function sourceTextOf(template: KubernetesObject): string {
  const text = annotationsOf(template)[ANNOTATIONS.source] ?? labelsOf(template)[FUNCTION_LABEL] ?? '';
  const parsed = parseSource(text);
  return 'problem' in parsed ? text : formatSource(parsed);
}

/** What decides, beside the files, which lock fits. */
export function installsForText(template: KubernetesObject): string {
  const { [ANNOTATIONS.runtime]: runtime = '', [ANNOTATIONS.registry]: registry = '' } = annotationsOf(template);
  return JSON.stringify([runtime.trim(), registry]);
}

/** A template that differs from another in nothing but its stamp is the same without it. */
export function withoutStamp(template: KubernetesObject): KubernetesObject {
  const { metadata } = template;
  if (!isObject(metadata) || !isObject(metadata.annotations)) return template;
  const annotations = without(metadata.annotations, REVISION_ANNOTATION);
  const isEmpty = Object.keys(annotations).length === 0;
  return { ...template, metadata: { ...without(metadata, 'annotations'), ...(!isEmpty && { annotations }) } };
}

const without = (object: KubernetesObject, key: string): KubernetesObject =>
  Object.fromEntries(Object.entries(object).filter(([each]) => each !== key));

/** The same object with other marks; the very same if it has them. */
export function withMarks(object: KubernetesObject, path: Path, { stamp, followed }: Marks): JsonObject {
  const stamped = changedAt(object, [...path, 'metadata', 'annotations'], REVISION_ANNOTATION, stamp);
  return changedAt(stamped, ['metadata', 'labels'], FOLLOWED_LABEL, followed);
}

/** Sets or removes a key of a map, which need not be there. */
function changedAt(object: JsonObject, path: Path, key: string, value: string | undefined): JsonObject {
  const [step, ...rest] = path;
  if (step === undefined) {
    if (object[key] === value) return object;
    return value === undefined ? without(object, key) : { ...object, [key]: value };
  }
  const inner = object[step];
  const before = isJsonObject(inner) ? inner : {};
  const after = changedAt(before, rest, key, value);
  return after === before ? object : { ...object, [step]: after };
}

/**
 * Whether an object is made of the template of another one that is stamped: the ReplicaSet of a Deployment, the Job of a CronJob,
 * the Deployment of a revision of a Knative Service.
 */
export function isOwnedByStamped(object: KubernetesObject): boolean {
  const owners = valueAt(object, ['metadata', 'ownerReferences']);
  return (
    Array.isArray(owners) &&
    owners.some(
      (owner: unknown) =>
        isObject(owner) &&
        owner.controller === true &&
        (templateKindOf(groupOf(owner), kindOf(owner))?.stamped !== undefined || groupOf(owner) === KNATIVE_GROUP),
    )
  );
}

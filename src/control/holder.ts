import { KNATIVE_GROUP } from '../function/knative.ts';
import {
  ANNOTATION_PREFIX,
  FOLLOWED_LABEL,
  FUNCTION_LABEL,
  REFRESH_ANNOTATION,
  REVISION_ANNOTATION,
  ROLLOUT_LABEL,
} from '../function/keys.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import { isObject, type KubernetesObject } from '../kubernetes/object.ts';
import { valueAt } from '../manifests/templates.ts';
import type { RevisionOwner } from '../revision/snapshot.ts';
import { parseStamp, type Stamp } from '../function/stamp.ts';
import { refreshOf } from '../function/source-state.ts';
import { type Metadata, textsOf } from '../api-server/metadata.ts';
import type { StampedKind } from './kinds.ts';

/** What is kept of an object whose Pod template is that of a Function: a workload, or a piece of its history. */
export interface Holder {
  readonly kind: StampedKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Its controlling owner: of a ReplicaSet the Deployment. */
  readonly owner: RevisionOwner | undefined;
  readonly isEnding: boolean;
  readonly hasLabels: boolean;
  /** The label as it is. */
  readonly followed: string | undefined;
  readonly rollout: string | undefined;
  /** Of the workload's own annotation, for Git sources. */
  readonly refresh: number;
  readonly generation: number;
  readonly isComplete: boolean;
  /** Labels, annotations and containers of the template, as far as a Function is defined by them; without the stamp. */
  readonly template: PodLike;
  /** Set if the template has a name, which is that of the one revision that Knative makes of it. */
  readonly templateName?: string;
  /** The annotation as it is. */
  readonly stampText: string | undefined;
  readonly stamp: Stamp | undefined;
}

/** Identifies an object of all kinds. */
export const holderKey = ({ kind, namespace, name }: Pick<Holder, 'kind' | 'namespace' | 'name'>): string =>
  `${kind.kind}/${namespace}/${name}`;

/** @returns undefined if its Pods are not a Function */
export function holderOf(kind: StampedKind, object: object, { namespace, name, labels }: Metadata): Holder | undefined {
  if (!isObject(object)) return undefined;
  const parts = templateOf(valueAt(object, kind.path));
  if (parts === undefined) return undefined;
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return {
    kind,
    namespace,
    name,
    uid: textOf(metadata.uid) ?? '',
    owner: controllerOf(metadata.ownerReferences),
    isEnding: textOf(metadata.deletionTimestamp) !== undefined,
    hasLabels: isObject(metadata.labels),
    followed: labels[FOLLOWED_LABEL],
    rollout: labels[ROLLOUT_LABEL],
    refresh: refreshOf(textsOf(metadata.annotations)[REFRESH_ANNOTATION]),
    generation: typeof metadata.generation === 'number' ? metadata.generation : 0,
    isComplete: kind.isComplete(object),
    ...parts,
  };
}

function templateOf(value: unknown): Pick<Holder, 'template' | 'templateName' | 'stampText' | 'stamp'> | undefined {
  if (!isObject(value) || !isObject(value.metadata)) return undefined;
  const labels = ours(value.metadata.labels);
  if (!Object.hasOwn(labels, FUNCTION_LABEL)) return undefined;
  const { [REVISION_ANNOTATION]: stampText, ...annotations } = ours(value.metadata.annotations);
  const containers = valueAt(value, ['spec', 'containers']);
  const templateName = textOf(value.metadata.name);
  return {
    template: { metadata: { labels, annotations }, spec: { containers: slimContainers(containers) } },
    ...(templateName !== undefined && { templateName }),
    stampText,
    stamp: stampText === undefined ? undefined : parseStamp(stampText),
  };
}

const ours = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(textsOf(value)).filter(([key]) => key.startsWith(ANNOTATION_PREFIX)));

/** What tells which container is the Function's, and whether it runs our server. */
function slimContainers(value: unknown): { name: string; image?: string; command?: string[]; args?: string[] }[] {
  return (Array.isArray(value) ? value : []).filter(isObject).map(({ name, image, command, args }) => ({
    name: textOf(name) ?? '',
    ...(typeof image === 'string' && { image }),
    ...(isUsed(command) && { command: ['...'] }),
    ...(isUsed(args) && { args: ['...'] }),
  }));
}

const isUsed = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** @param value `metadata.ownerReferences` */
export function controllerOf(value: unknown): RevisionOwner | undefined {
  const found = (Array.isArray(value) ? value : []).find(
    (owner: unknown): owner is KubernetesObject => isObject(owner) && owner.controller === true,
  );
  return found === undefined ? undefined : ownerOf(found);
}

export function ownerOf({ apiVersion, kind, name, uid }: KubernetesObject): RevisionOwner {
  return { apiVersion: String(apiVersion), kind: String(kind), name: String(name), uid: String(uid) };
}

/** Kinds that own others of the list: what belongs to them is theirs. */
const ROOTS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Rollout']);

export const isOfKnative = ({ apiVersion }: { readonly apiVersion: string }): boolean =>
  apiVersion.startsWith(`${KNATIVE_GROUP}/`);

/** With a Knative Service its revisions, which have a Deployment each. */
const isRoot = (owner: RevisionOwner): boolean => ROOTS.has(owner.kind) || isOfKnative(owner);

export const isOwned = ({ owner }: Holder): boolean => owner !== undefined && isRoot(owner);

/** The workload that a revision is kept for: of a ReplicaSet its Deployment, of a Deployment itself. */
export function rootOf(holder: Holder): RevisionOwner {
  if (holder.owner !== undefined && isRoot(holder.owner)) return holder.owner;
  const { kind, name, uid } = holder;
  return { apiVersion: kind.apiVersion, kind: kind.kind, name, uid };
}

/** Whether nothing changed that decides anything: the status of a workload changes all the time. */
export function isSameHolder(one: Holder | undefined, other: Holder | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const of = ({ kind, stamp, ...rest }: Holder): string => JSON.stringify([kind.kind, stamp === undefined, rest]);
  return of(one) === of(other);
}

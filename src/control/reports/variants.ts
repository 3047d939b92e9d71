/** The states of a Function that a report is about: what its template says, what older Pods run, and an edit that is not rolled out. */
import { REVISION_ANNOTATION } from '../../function/keys.ts';
import { parseStamp } from '../../function/stamp.ts';
import type { PodLike } from '../../kubernetes/pod.ts';
import type { Holder } from '../holder.ts';
import { referenceOf } from '../reference.ts';
import type { View } from '../view.ts';

export interface Variant {
  /** Absent for the template as it is. */
  readonly where?: string;
  /** Names the revision; absent for the source as it is now. */
  readonly stampText?: string;
}

export const EDITED = 'edited source';
const OLDER_PODS = 'running Pods';

/** A rollout that is stuck leaves one or two behind. */
const MOST_OF_PODS = 3;

/** @param ofPods the revisions that its Pods run */
export function variantsOf(workload: Holder, ofPods: ReadonlySet<string>): readonly Variant[] {
  const { stampText, stamp } = workload;
  const others = [...ofPods].filter((text) => text !== stampText && parseStamp(text) !== undefined).sort();
  const isStamped = stampText !== undefined && stamp !== undefined;
  return [
    isStamped ? { stampText } : {},
    ...others.slice(0, MOST_OF_PODS).map((text) => ({ where: OLDER_PODS, stampText: text })),
    ...(isStamped && referenceOf(workload)?.type === 'configmap' ? [{ where: EDITED }] : []),
  ];
}

/** A Pod of the workload, as far as a Function is defined by it. */
export function podOfVariant({ template, kind, name, uid }: Holder, { stampText }: Variant): PodLike {
  const annotations = template.metadata?.annotations ?? {};
  return {
    ...template,
    metadata: {
      ...template.metadata,
      annotations: stampText === undefined ? annotations : { ...annotations, [REVISION_ANNOTATION]: stampText },
      ownerReferences: [{ apiVersion: kind.apiVersion, kind: kind.kind, name, uid, controller: true }],
    },
  };
}

/** Changes whenever what a variant reads has changed, as far as the copies of the cluster know. */
export function versionsOf(workload: Holder, { stampText }: Variant, view: View): readonly string[] {
  const { namespace } = workload;
  const stamp = stampText === undefined ? undefined : parseStamp(stampText);
  const named = stamp === undefined ? [] : [...(stamp.code.type === 'files' ? stamp.code.names : []), stamp.lock ?? ''];
  const revisions = named
    .filter((name) => name !== '')
    .map((name) => `${name} ${view.revisions.get(namespace, name)?.uid ?? ''}`);
  const isStored = stamp !== undefined && revisions.every((text) => !text.endsWith(' '));
  const reference = referenceOf(workload);
  if (isStored || reference?.type !== 'configmap') return revisions;
  return [
    ...revisions,
    ...reference.names.map((name) => `${name} ${view.configMaps.get(namespace, name)?.version ?? ''}`),
  ];
}

import { type Metadata, textsOf } from '../api-server/metadata.ts';
import { isOwnedByStamped } from '../admission/stamping/workload.ts';
import { REVISION_ANNOTATION } from '../function/keys.ts';
import { isObject } from '../kubernetes/object.ts';
import { valueAt } from '../manifests/templates.ts';
import type { RevisionOwner } from '../revision/snapshot.ts';
import { namesOf, parseStamp } from '../function/stamp.ts';
import { controllerOf, holderOf, type Holder } from './holder.ts';
import { DIRECT_POD } from './kinds.ts';

/** What is kept of a Function's Pod. */
export interface RunningPod {
  readonly namespace: string;
  readonly uid: string;
  readonly owner: RevisionOwner | undefined;
  readonly stampText: string;
  /** Revisions that it runs. */
  readonly names: readonly string[];
  readonly isReady: boolean;
  /** Set if no stamped template made it: then it names a revision for itself alone. */
  readonly holder: Holder | undefined;
}

/** @returns undefined for a Pod that has ended */
export function podOf(object: object, known: Metadata): RunningPod | undefined {
  if (!isObject(object) || !isObject(object.metadata)) return undefined;
  const phase = valueAt(object, ['status', 'phase']);
  if (phase === 'Succeeded' || phase === 'Failed') return undefined;
  const { metadata } = object;
  const stampText = textsOf(metadata.annotations)[REVISION_ANNOTATION] ?? '';
  const stamp = parseStamp(stampText);
  const conditions = valueAt(object, ['status', 'conditions']);
  return {
    namespace: known.namespace,
    uid: String(metadata.uid),
    owner: controllerOf(metadata.ownerReferences),
    stampText,
    names: stamp === undefined ? [] : namesOf(stamp),
    isReady: (Array.isArray(conditions) ? conditions : []).some(
      (condition: unknown) => isObject(condition) && condition.type === 'Ready' && condition.status === 'True',
    ),
    holder: stamp === undefined || isOwnedByStamped(object) ? undefined : holderOf(DIRECT_POD, object, known),
  };
}

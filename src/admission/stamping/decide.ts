/** Which revision the Pods of a template are to run, when its workload is created or changed. */
import { FOLLOWS_NOTHING } from '../../function/source-state.ts';

/** What Buildless writes on a workload, as it is written. */
export interface Marks {
  /** Annotation `buildless.dev/revision` of the template. */
  readonly stamp: string | undefined;
  /** Label `buildless.dev/followed` of the workload. */
  readonly followed: string | undefined;
}

/** The source as it is now, as the marks of a workload that runs it. */
export interface LiveMarks {
  readonly stamp: string;
  readonly followed: string;
}

export interface WorkloadChange {
  /** Undefined when it is created. */
  readonly old: Marks | undefined;
  readonly new: Marks;
  /** What the manifest brought that `kubectl apply` keeps in `last-applied-configuration`. */
  readonly lastApplied: Marks;
  /** Whether the template changed, its stamp aside. */
  readonly isTemplateNew: boolean;
  /** Whether it runs what it was made with, as Jobs do: a queue changes the template of a suspended one to say where it runs. */
  readonly keeps: boolean;
  /** Whether it has another source. */
  readonly isSourceNew: boolean;
  /** Whether the revision that the new stamp names exists, and is one of the source. */
  readonly isStored: boolean;
  /** The old stamp with the lock for what the new template installs for; undefined if that is the same. */
  readonly relocked?: Marks;
  /** Undefined if the source does not exist yet, not known to admission (Git), or refused. */
  readonly live: LiveMarks | undefined;
}

export interface Stamping extends Marks {
  /** Why the stamp that was asked for is not taken. */
  readonly rejected?: 'last-applied' | 'not-stored';
}

export function decideMarks(change: WorkloadChange): Stamping {
  const { old, live, isTemplateNew, isSourceNew } = change;
  // Exported manifests bring old stamps.
  if (old === undefined) return live ?? { stamp: undefined, followed: FOLLOWS_NOTHING };
  const followed = followedOf(old, change);
  const chosen = stampOf(old, change);
  if (chosen.kind === 'taken') {
    if (chosen.stamp === live?.stamp) return live;
    return { stamp: chosen.stamp, followed: isSourceNew ? (live?.followed ?? FOLLOWS_NOTHING) : followed };
  }
  const rejected = chosen.rejected === undefined ? {} : { rejected: chosen.rejected };
  if (isSourceNew) return { ...(live ?? { stamp: undefined, followed: FOLLOWS_NOTHING }), ...rejected };
  const isBehind = old.stamp === undefined || (!change.keeps && live?.followed !== followed);
  if (isTemplateNew && isBehind && live !== undefined) return { ...live, ...rejected };
  const { relocked } = change;
  return { stamp: relocked?.stamp ?? old.stamp, followed: relocked?.followed ?? followed, ...rejected };
}

/** A label that a replacement lost is put back, and so is one that an exported manifest sets back. */
function followedOf(old: Marks, { new: { followed }, lastApplied }: WorkloadChange): string | undefined {
  const isExported = followed !== undefined && followed === lastApplied.followed;
  return followed === undefined || (isExported && old.followed !== undefined) ? old.followed : followed;
}

type Chosen =
  /** Somebody chose another revision: an undo, or the controller. */
  | { readonly kind: 'taken'; readonly stamp: string }
  | { readonly kind: 'kept'; readonly rejected?: Stamping['rejected'] };

function stampOf(old: Marks, { new: { stamp }, lastApplied, isStored, live }: WorkloadChange): Chosen {
  // `kubectl replace` loses it, and nothing else that changes a template means to.
  if (stamp === undefined || stamp === old.stamp) return { kind: 'kept' };
  if (stamp === live?.stamp) return { kind: 'taken', stamp };
  if (stamp === lastApplied.stamp) return { kind: 'kept', rejected: 'last-applied' };
  return isStored ? { kind: 'taken', stamp } : { kind: 'kept', rejected: 'not-stored' };
}

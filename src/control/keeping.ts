/** Which revisions are kept, and for whom; without a cluster. */
import type { RevisionOwner } from '../revision/snapshot.ts';
import type { KnownRevision } from './known-revision.ts';

export interface KeptBase {
  /** All revisions with one base. */
  readonly existing: readonly KnownRevision[];
  /** Workloads whose template or history names a revision. */
  readonly ownersOf: (name: string) => readonly RevisionOwner[];
  /** A Pod runs it, or a rollout is about to name it. */
  readonly isInUse: (name: string) => boolean;
  /** A workload's code is from here now. */
  readonly isUsed: boolean;
  /** Uids of workloads that may get a revision with this base next, and of those that nobody knows. */
  readonly mayOwn: (uid: string) => boolean;
  /** How many that nothing names are kept, of files and of locks each. */
  readonly history: number;
}

export interface KeepingPlan {
  readonly own: readonly { readonly revision: KnownRevision; readonly owners: readonly RevisionOwner[] }[];
  readonly remove: readonly KnownRevision[];
  /** Something is kept only because it is in use now. */
  readonly lookAgain: boolean;
}

export function planKeeping(base: KeptBase): KeepingPlan {
  const alive = base.existing.filter(({ isEnding }) => !isEnding);
  const own = alive.flatMap((revision) => {
    const wanted = base.ownersOf(revision.name);
    // An object that nothing names keeps its owners, so that it goes with them.
    if (wanted.length === 0) return [];
    const stay = revision.owners.filter(({ uid }) => base.mayOwn(uid) || wanted.some((owner) => owner.uid === uid));
    const missing = wanted.filter(({ uid }) => !stay.some((owner) => owner.uid === uid));
    const isSame = missing.length === 0 && stay.length === revision.owners.length;
    return isSame ? [] : [{ revision, owners: [...stay, ...missing] }];
  });
  const named = new Set(alive.filter(({ name }) => base.ownersOf(name).length > 0).map(({ name }) => name));
  const unnamed = alive.filter(({ name }) => !named.has(name));
  const kept = base.isUsed || named.size > 0 ? base.history : 0;
  const beyond = (['files', 'lock'] as const).flatMap((holds) =>
    unnamed
      .filter((revision) => revision.holds === holds)
      .sort((a, b) => (a.created === b.created ? (a.name < b.name ? -1 : 1) : a.created < b.created ? 1 : -1))
      .slice(kept),
  );
  const remove = beyond.filter(({ name }) => !base.isInUse(name));
  return { own, remove, lookAgain: remove.length < beyond.length };
}

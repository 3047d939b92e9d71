import type { RevisionOwner } from '../revision/snapshot.ts';
import { rootOf, type Holder } from './holder.ts';

/** The workloads that holders belong to, each once. */
export function ownersOf(holders: readonly Holder[]): readonly RevisionOwner[] {
  const owners = holders.filter(({ isEnding }) => !isEnding).map(rootOf);
  return [...new Map(owners.map((owner) => [owner.uid, owner])).values()];
}

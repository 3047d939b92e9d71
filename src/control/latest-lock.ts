import type { RevisionOwner } from '../revision/snapshot.ts';
import type { KnownRevision } from './known-revision.ts';

/**
 * The lock that a workload had last before the one that is wanted.
 *
 * @param existing revisions with the same base
 * @param wanted name of the lock that does not exist yet
 * @param owners the workloads that want it
 */
export function latestLock(
  existing: readonly KnownRevision[],
  wanted: string,
  owners: readonly RevisionOwner[],
): string | undefined {
  const uids = new Set(owners.map(({ uid }) => uid));
  const own = existing.filter(
    (revision) =>
      revision.holds === 'lock' &&
      revision.name !== wanted &&
      !revision.isEnding &&
      revision.owners.some(({ uid }) => uids.has(uid)),
  );
  return own.reduce<KnownRevision | undefined>(
    (latest, each) => (latest === undefined || each.created > latest.created ? each : latest),
    undefined,
  )?.name;
}

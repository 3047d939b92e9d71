import { isRefusedLock, type KnownRevision } from './known-revision.ts';

/** Older ones say nothing about what was admitted last. */
const MOST = 10;

/**
 * Names of the locks that may be the last one of a source that was admitted, the likeliest first: the one that the workload has,
 * then those that Pods run, then the youngest.
 *
 * @param existing revisions with the same base
 * @param wanted name of the lock that does not exist yet
 * @param current lock in the template of the workload
 * @param isRun whether a Pod has it
 */
export function admittedLocks(
  existing: readonly KnownRevision[],
  wanted: string,
  current: string | undefined,
  isRun: (name: string) => boolean,
): readonly string[] {
  const found = existing.filter(
    (each) =>
      each.holds === 'lock' && each.name !== wanted && each.name !== current && !each.isEnding && !isRefusedLock(each),
  );
  const byAge = found.sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
  const run = byAge.filter(({ name }) => isRun(name));
  const others = byAge.filter((each) => !run.includes(each));
  const first = current === undefined || current === wanted ? [] : [current];
  return [...first, ...[...run, ...others].map(({ name }) => name)].slice(0, MOST);
}

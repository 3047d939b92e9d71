import type { RunningPod } from './pod.ts';

/** How long a rollout may take before it is worth an alert. */
const LONGEST_MILLISECONDS = 15 * 60_000;

/** Workloads whose Pods run more than one revision, and since when. */
export class MixedRevisions {
  private readonly since = new Map<string, number>();

  /**
   * @param rootOf uid of the workload that a Pod belongs to; undefined for Pods whose revisions need not be the same, as those
   *   of a Job
   */
  look(pods: Iterable<RunningPod>, rootOf: (pod: RunningPod) => string | undefined, now = performance.now()): void {
    const stamps = new Map<string, Set<string>>();
    for (const pod of pods) {
      const root = rootOf(pod);
      if (root === undefined) continue;
      const known = stamps.get(root);
      if (known === undefined) stamps.set(root, new Set([pod.stampText]));
      else known.add(pod.stampText);
    }
    for (const key of this.since.keys()) if ((stamps.get(key)?.size ?? 0) < 2) this.since.delete(key);
    for (const [key, { size }] of stamps) if (size > 1 && !this.since.has(key)) this.since.set(key, now);
  }

  count(now = performance.now()): number {
    return [...this.since.values()].filter((since) => now - since > LONGEST_MILLISECONDS).length;
  }
}

import { holderKey, type Holder } from './holder.ts';

interface Started {
  /** Of the workload when the rollout began; the copy of the cluster may be older. */
  readonly generation: number;
  readonly at: number;
}

/** After this a workload that is not complete does not keep others waiting. */
const LONGEST_ROLLOUT = 10 * 60_000;

/** Which workloads are rolling out now, seen from this process. */
export class RollingWorkloads {
  private readonly begun = new Map<string, Started>();
  /** What was patched of an object, until its watch brings the next state of it. */
  private readonly patched = new WeakMap<Holder, Pick<Holder, 'followed' | 'stampText' | 'stamp'>>();

  started(workload: Holder, followed: string, stampText: string, generation: number): void {
    this.begun.set(holderKey(workload), { generation, at: performance.now() });
    this.patched.set(workload, { ...workload, followed, stampText });
  }

  followed(workload: Holder, followed: string): void {
    this.patched.set(workload, { ...workload, followed });
  }

  /** As it is after the patch that the watch has not brought yet. */
  asPatched(workload: Holder): Holder {
    const patched = this.patched.get(workload);
    return patched === undefined ? workload : { ...workload, followed: patched.followed, stampText: patched.stampText };
  }

  countOthers(workloads: readonly Holder[], workload: Holder): number {
    return workloads.filter((other) => other !== workload && this.isRolling(other)).length;
  }

  keep(isThere: (key: string) => boolean): void {
    for (const key of this.begun.keys()) if (!isThere(key)) this.begun.delete(key);
  }

  private isRolling(workload: Holder): boolean {
    const key = holderKey(workload);
    const begun = this.begun.get(key);
    const isBehind = begun !== undefined && workload.generation < begun.generation;
    if (workload.isComplete && !isBehind) {
      this.begun.delete(key);
      return false;
    }
    if (begun === undefined) {
      // Of another replica before, or of its author.
      this.begun.set(key, { generation: workload.generation, at: performance.now() });
      return true;
    }
    return performance.now() - begun.at < LONGEST_ROLLOUT;
  }
}

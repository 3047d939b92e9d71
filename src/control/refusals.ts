import type { Configuration } from '../config/configuration.ts';
import type { DeniedList } from '../denied/list.ts';
import { holderKey, type Holder } from './holder.ts';
import type { KnownNamespace } from './view.ts';

interface JudgedBy {
  readonly configuration: Configuration;
  /** What was denied then. */
  readonly denied: DeniedList;
}

interface Refusal extends JudgedBy {
  readonly followed: string;
  /** All that was judged by, apart from the source. */
  readonly template: string;
  readonly labels: string;
  /** Milliseconds since 1970 from which on it may pass; undefined if time does not help. */
  readonly until: number | undefined;
  /** How long it is not tried again, if others refused it. */
  readonly pause?: number;
}

/** A replica of the webhook may have read a change of the configuration a minute later than the controller. */
const FIRST_PAUSE = 15_000;
const LONGEST_PAUSE = 3_600_000;

/** What was refused, so that it is not judged again for each event of its workload; what changes the answer forgets it. */
export class Refusals {
  private readonly refusals = new Map<string, Refusal>();

  add(workload: Holder, followed: string, known: KnownNamespace, by: JudgedBy, until?: number): void {
    this.refusals.set(holderKey(workload), { ...judged(workload, known, by), followed, until });
  }

  /**
   * What the API server refused: by a webhook, a policy or RBAC, which may change their minds and tell nobody. It is tried again,
   * less and less often.
   *
   * @returns whether it is the first time
   */
  addOfOthers(workload: Holder, followed: string, known: KnownNamespace, by: JudgedBy): boolean {
    const before = this.current(workload, known, by);
    const again = before?.followed === followed ? before.pause : undefined;
    const pause = again === undefined ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, 2 * again);
    const until = Date.now() + pause;
    this.refusals.set(holderKey(workload), { ...judged(workload, known, by), followed, until, pause });
    return again === undefined;
  }

  of(workload: Holder, known: KnownNamespace, by: JudgedBy): string | undefined {
    const refusal = this.current(workload, known, by);
    if (refusal?.until !== undefined && refusal.until <= Date.now()) return undefined;
    return refusal?.followed;
  }

  private current(workload: Holder, known: KnownNamespace, by: JudgedBy): Refusal | undefined {
    const refusal = this.refusals.get(holderKey(workload));
    if (refusal?.configuration !== by.configuration || refusal.denied !== by.denied) return undefined;
    const now = judged(workload, known, by);
    return refusal.labels === now.labels && refusal.template === now.template ? refusal : undefined;
  }

  /** When a refusal may pass, in milliseconds. */
  due(workload: Holder): number | undefined {
    const until = this.refusals.get(holderKey(workload))?.until;
    return until === undefined ? undefined : Math.max(0, until - Date.now());
  }

  keep(isThere: (key: string) => boolean): void {
    for (const key of this.refusals.keys()) if (!isThere(key)) this.refusals.delete(key);
  }
}

const judged = (
  { template }: Holder,
  { labels }: KnownNamespace,
  by: JudgedBy,
): Pick<Refusal, 'template' | 'labels' | keyof JudgedBy> => ({
  template: JSON.stringify(template),
  labels: JSON.stringify(labels),
  ...by,
});

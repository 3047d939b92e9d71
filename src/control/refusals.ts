import type { Configuration } from '../config/configuration.ts';
import type { DeniedList } from '../denied/list.ts';
import { holderKey, type Holder } from './holder.ts';
import type { KnownNamespace } from './view.ts';

interface Refusal {
  readonly followed: string;
  /** All that was judged by, apart from the source. */
  readonly template: string;
  readonly labels: string;
  readonly configuration: Configuration;
  /** What was denied then. */
  readonly denied: DeniedList;
  /** Milliseconds since 1970 from which on it may pass; undefined if time does not help. */
  readonly until: number | undefined;
}

/** What was refused, so that it is not judged again for each event of its workload; what changes the answer forgets it. */
export class Refusals {
  private readonly refusals = new Map<string, Refusal>();

  add(
    workload: Holder,
    followed: string,
    { labels }: KnownNamespace,
    { configuration, denied }: Pick<Refusal, 'configuration' | 'denied'>,
    until?: number,
  ): void {
    this.refusals.set(holderKey(workload), {
      followed,
      template: JSON.stringify(workload.template),
      labels: JSON.stringify(labels),
      configuration,
      denied,
      until,
    });
  }

  of(
    workload: Holder,
    { labels }: KnownNamespace,
    { configuration, denied }: Pick<Refusal, 'configuration' | 'denied'>,
  ): string | undefined {
    const refusal = this.refusals.get(holderKey(workload));
    if (
      refusal?.configuration !== configuration ||
      refusal.denied !== denied ||
      (refusal.until !== undefined && refusal.until <= Date.now()) ||
      refusal.labels !== JSON.stringify(labels) ||
      refusal.template !== JSON.stringify(workload.template)
    ) {
      return undefined;
    }
    return refusal.followed;
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

import { text } from '../kubernetes/fields.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Workload } from './workload.ts';

/** What the controller said last about a workload; undefined if its Events are gone, or all is well. */
export function latestEvent({ uid }: Workload, events: readonly KubernetesObject[]): string | undefined {
  const own = events.filter((event) => text(event, 'involvedObject', 'uid') === uid);
  const latest = own.reduce<KubernetesObject | undefined>(
    (last, event) => (last === undefined || timeOf(event) >= timeOf(last) ? event : last),
    undefined,
  );
  return latest === undefined || text(latest, 'type') === 'Normal' ? undefined : text(latest, 'message');
}

const timeOf = (event: KubernetesObject): string =>
  text(event, 'series', 'lastObservedTime') || text(event, 'eventTime') || text(event, 'lastTimestamp');

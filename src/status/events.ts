import { deniedByAnnotation } from '../denied/annotation.ts';
import type { DeniedList, DeniedPackage } from '../denied/list.ts';
import { DENIED_ANNOTATION } from '../function/keys.ts';
import type { Language } from '../function/languages.ts';
import { text } from '../kubernetes/fields.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Workload } from './workload.ts';

/** It is repeated as long as it is true, and says nothing about an edit. */
const DENIED_REASON = 'DeniedVersion';

/** What the controller said last about a rollout; undefined if its Events are gone, or all is well. */
export function latestEvent({ uid }: Workload, events: readonly KubernetesObject[]): string | undefined {
  const own = events.filter(
    (event) => text(event, 'involvedObject', 'uid') === uid && text(event, 'reason') !== DENIED_REASON,
  );
  const latest = own.reduce<KubernetesObject | undefined>(
    (last, event) => (last === undefined || timeOf(event) >= timeOf(last) ? event : last),
    undefined,
  );
  return latest === undefined || text(latest, 'type') === 'Normal' ? undefined : text(latest, 'message');
}

/** What the controller said of denied versions that a revision of a workload has; nothing if its Events are gone. */
export function deniedByEvents(
  { uid }: Workload,
  stamp: string,
  language: Language,
  denied: DeniedList,
  events: readonly KubernetesObject[],
): readonly DeniedPackage[] {
  return events
    .filter((event) => text(event, 'involvedObject', 'uid') === uid)
    .map((event) => text(event, 'metadata', 'annotations', DENIED_ANNOTATION))
    .filter((annotation) => annotation !== '')
    .flatMap((annotation) => deniedByAnnotation(annotation, stamp, language, denied));
}

const timeOf = (event: KubernetesObject): string =>
  text(event, 'series', 'lastObservedTime') || text(event, 'eventTime') || text(event, 'lastTimestamp');

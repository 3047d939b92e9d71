import { createHash } from 'node:crypto';
import { ApiError, type ApiServer } from '../api-server/api-server.ts';
import type { ClusterLog } from '../api-server/cluster.ts';
import { within } from '../api-server/deadline.ts';
import { microTime } from '../api-server/lease.ts';
import { REPORTING_CONTROLLER } from '../function/keys.ts';
import { visible } from '../outcome/finding.ts';
import type { Holder } from './holder.ts';
import { RecentValues } from './recent-values.ts';

export type EventReason =
  | 'RolledOut'
  | 'SourceRefused'
  | 'LockNotResolved'
  | 'RolloutWaiting'
  | 'SourceMissing'
  | 'RevisionNotStored'
  | 'DeniedVersion'
  | 'ReleaseAgeUnknown'
  | 'ReleaseChanged'
  | 'ReleasesNotRecorded'
  | 'ProvenanceLost'
  | 'LicenceUnknown';

export interface Report {
  readonly reason: EventReason;
  readonly note: string;
  /** Of what it says: one report for a state, however often it is met. */
  readonly state: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Set for what is true until it is corrected, so that it is reported again before the API server removes the Event. */
  readonly goesOn?: true;
}

const ACTIONS: Readonly<Record<EventReason, string>> = {
  RolledOut: 'RollOut',
  RolloutWaiting: 'RollOut',
  SourceRefused: 'JudgeSource',
  SourceMissing: 'ReadSource',
  LockNotResolved: 'ResolveLock',
  ReleaseAgeUnknown: 'ResolveLock',
  ReleaseChanged: 'ResolveLock',
  ReleasesNotRecorded: 'ResolveLock',
  ProvenanceLost: 'ResolveLock',
  LicenceUnknown: 'ResolveLock',
  RevisionNotStored: 'StoreRevision',
  DeniedVersion: 'CompareRevision',
};
const NORMAL: ReadonlySet<EventReason> = new Set(['RolledOut', 'RolloutWaiting']);

/** Limits of events.k8s.io/v1. Source: k8s.io/kubernetes/pkg/apis/core/validation/events.go */
const LONGEST_NOTE = 1024;
const LONGEST_NAME = 253;
const HEX = 16;
/** API servers keep Events for an hour (`--event-ttl`). */
const TURN_MILLISECONDS = 30 * 60_000;
const REMEMBERED = 10_000;
const MILLISECONDS = 5000;

/**
 * Writes Events about workloads. An Event is named by what it says, so that neither a second look nor another replica
 * repeats it while it exists.
 */
export class Events {
  private readonly told = new RecentValues<true>(REMEMBERED);
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly options: { readonly server: ApiServer; readonly instance: string; readonly logger: ClusterLog },
  ) {}

  /** Never rejects, and nothing waits for it: work goes on without Events. */
  report(workload: Holder, { reason, note, state, annotations, goesOn }: Report): void {
    const { namespace, name, uid, kind } = workload;
    const hash = createHash('sha256')
      .update(JSON.stringify([uid, reason, state, ...(goesOn === true ? [turn()] : [])]))
      .digest('hex')
      .slice(0, HEX);
    if (this.told.get(hash) === true) return;
    this.told.set(hash, true, 1);
    const { logger, server, instance } = this.options;
    logger.info({ namespace, workload: `${kind.kind}/${name}`, reason, note }, 'reported');
    const body = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace, name: `${name.slice(0, LONGEST_NAME - HEX - 1)}.${hash}`, annotations },
      eventTime: microTime(new Date()),
      reportingController: REPORTING_CONTROLLER,
      reportingInstance: instance,
      type: NORMAL.has(reason) ? 'Normal' : 'Warning',
      reason,
      action: ACTIONS[reason],
      regarding: { apiVersion: kind.apiVersion, kind: kind.kind, namespace, name, uid },
      note: noteOf(note),
    };
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`;
    const written = within(new AbortController().signal, MILLISECONDS, (signal) =>
      server.change({ method: 'POST', path, body }, signal),
    )
      .then(
        () => undefined,
        (error: unknown) => {
          // 409: it was reported before.
          if (error instanceof ApiError && error.status === 409) return;
          this.told.delete(hash);
          const why = error instanceof Error ? error.message : String(error);
          logger.warn({ namespace, reason, why }, 'an Event was not written');
        },
      )
      .finally(() => {
        this.underWay.delete(written);
      });
    this.underWay.add(written);
  }

  /** The next leader would not write what this one has begun: it finds everything done. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }
}

/** The same for every replica. */
const turn = (): number => Math.floor(Date.now() / TURN_MILLISECONDS);

function noteOf(text: string): string {
  const lines = text.split('\n').map(visible).join('\n');
  return Buffer.byteLength(lines) <= LONGEST_NOTE ? lines : `${cut(lines, LONGEST_NOTE - 3)}...`;
}

/** To so many bytes of UTF-8, not in the middle of a character. */
function cut(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}

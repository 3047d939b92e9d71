/** The reports of one kind that the cluster has: followed, written if they say something else, removed. */
import { ApiError, type ApiServer } from '../../api-server/api-server.ts';
import type { ClusterLog } from '../../api-server/cluster.ts';
import { within } from '../../api-server/deadline.ts';
import { textsOf } from '../../api-server/metadata.ts';
import { Reflector } from '../../api-server/reflector.ts';
import { isObject } from '../../kubernetes/object.ts';
import { valueAt } from '../../manifests/templates.ts';
import { REPORT_LABELS, REPORT_NAME, reportsPath, reportsPathIn, type ReportKind } from '../../policy-report/kinds.ts';
import { reportObject, type Report, type Timestamp } from '../../policy-report/report.ts';
import { contentHash, resultHash, timesOf } from '../../policy-report/stored.ts';
import { BY_NAME } from './api.ts';
import type { ReportOwners } from './owner.ts';

export interface ReportStoreOptions {
  readonly server: ApiServer;
  readonly kind: ReportKind;
  readonly owners: ReportOwners;
  readonly logger: ClusterLog;
  /** A report was changed or deleted, by whomever. */
  readonly changed: (namespace: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What is kept of a report. */
interface KnownReport {
  readonly namespace: string;
  readonly uid: string;
  readonly isOurs: boolean;
  readonly hash: string;
}

/** `foreign`: somebody else has a report of our name. `changed`: it is not as it was known. */
export type Written = 'same' | 'written' | 'foreign' | 'changed' | 'gone';

const MILLISECONDS = 15_000;
const PAGE_SIZE = 50;
const NO_TIMES: ReadonlyMap<string, Timestamp> = new Map();
const NO_TIME: Timestamp = { seconds: 0, nanos: 0 };

export class ReportStore {
  readonly kind: ReportKind;
  private readonly known: Reflector<KnownReport>;
  /** By namespace: what was written last, and what the API server made of it. */
  private readonly accepted = new Map<string, { readonly wanted: string; readonly stored: string }>();

  constructor(private readonly options: ReportStoreOptions) {
    const { server, kind, logger, changed } = options;
    this.kind = kind;
    this.known = new Reflector<KnownReport>({
      ...{ server, logger, path: reportsPath(kind), fieldSelector: BY_NAME, pageSize: PAGE_SIZE },
      entryOf: (object, { namespace, labels }) => ({
        namespace,
        uid: String(valueAt(object, ['metadata', 'uid'])),
        isOurs: isOurs(labels),
        hash: contentHash(object),
      }),
      onEntry: ({ namespace }) => {
        changed(namespace);
      },
    });
  }

  start(): void {
    this.known.start();
  }

  stop(): Promise<void> {
    return this.known.stop();
  }

  synced(): boolean {
    return this.known.synced();
  }

  /** Namespaces with a report of ours. */
  namespaces(): readonly string[] {
    return [...this.known.values()].filter((report) => report.isOurs).map(({ namespace }) => namespace);
  }

  /** @throws if the API server refuses it, or does not answer */
  async write(report: Report, signal: AbortSignal): Promise<Written> {
    const { namespace } = report;
    const known = this.known.get(namespace, REPORT_NAME);
    if (known?.isOurs === false) return 'foreign';
    const wanted = contentHash(reportObject(report, this.kind, () => NO_TIME));
    if (known !== undefined && this.isSame(namespace, wanted, known.hash)) return 'same';
    try {
      const stored = known === undefined ? await this.create(report, signal) : await this.update(report, signal);
      if (stored === undefined) return 'changed';
      this.accepted.set(namespace, { wanted, stored: contentHash(stored) });
      return 'written';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 409) return 'changed';
      // The kind or the namespace; or the namespace is being deleted.
      if (error.status === 404 || error.message.includes('being terminated')) return 'gone';
      throw error;
    }
  }

  /** @returns whether there was one of ours */
  async remove(namespace: string, signal: AbortSignal): Promise<boolean> {
    this.accepted.delete(namespace);
    const known = this.known.get(namespace, REPORT_NAME);
    if (known?.isOurs !== true) return false;
    return removeReport(this.options.server, this.kind, known, signal);
  }

  /** A schema that leaves out a field of ours must not have us write for ever. */
  private isSame(namespace: string, wanted: string, stored: string): boolean {
    if (stored === wanted) return true;
    const accepted = this.accepted.get(namespace);
    return accepted?.wanted === wanted && accepted.stored === stored;
  }

  private async create(report: Report, signal: AbortSignal): Promise<object | undefined> {
    const owner = await this.options.owners.owner(signal);
    const body = reportObject(report, this.kind, this.timeOf(NO_TIMES), owner);
    const path = reportsPathIn(this.kind, report.namespace);
    return this.send({ method: 'POST', path, body }, signal);
  }

  /** Keeps the time of each result that was there, and what others wrote into the metadata. */
  private async update(report: Report, signal: AbortSignal): Promise<object | undefined> {
    const { server } = this.options;
    const path = `${reportsPathIn(this.kind, report.namespace)}/${REPORT_NAME}`;
    const before = await within(signal, MILLISECONDS, (deadline) => server.get(path, {}, deadline));
    if (!isObject(before) || !isObject(before.metadata) || !isOurs(textsOf(before.metadata.labels))) return undefined;
    const made = reportObject(report, this.kind, this.timeOf(timesOf(before)));
    return this.send({ method: 'PUT', path, body: { ...made, metadata: before.metadata } }, signal);
  }

  private async send(
    change: { readonly method: 'POST' | 'PUT'; readonly path: string; readonly body: object },
    signal: AbortSignal,
  ): Promise<object | undefined> {
    const stored = await within(signal, MILLISECONDS, (deadline) => this.options.server.change(change, deadline));
    return isObject(stored) ? stored : undefined;
  }

  private timeOf(known: ReadonlyMap<string, Timestamp>): (result: object) => Timestamp {
    const now = { seconds: Math.floor((this.options.now ?? Date.now)() / 1000), nanos: 0 };
    return (result) => known.get(resultHash(result)) ?? now;
  }
}

const isOurs = (labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(REPORT_LABELS).every(([key, value]) => labels[key] === value);

/** Exactly the one that was looked at. @returns whether it was there */
async function removeReport(
  server: ApiServer,
  kind: ReportKind,
  { namespace, uid }: Pick<KnownReport, 'namespace' | 'uid'>,
  signal: AbortSignal,
): Promise<boolean> {
  const path = `${reportsPathIn(kind, namespace)}/${REPORT_NAME}`;
  const body = { preconditions: { uid } };
  try {
    await within(signal, MILLISECONDS, (deadline) => server.change({ method: 'DELETE', path, body }, deadline));
    return true;
  } catch (error) {
    if (error instanceof ApiError && [404, 409].includes(error.status)) return false;
    throw error;
  }
}

/** Removes the reports of a kind that is not written any more, as the cluster has a better one. */
export async function removeAll(server: ApiServer, kind: ReportKind, signal: AbortSignal): Promise<void> {
  const query = { fieldSelector: BY_NAME };
  const list = await within(signal, MILLISECONDS, (deadline) =>
    server.list(reportsPath(kind), query, deadline, 'metadata'),
  );
  const items = valueAt(list, ['items']);
  for (const item of Array.isArray(items) ? items.filter(isObject) : []) {
    const metadata = isObject(item.metadata) ? item.metadata : {};
    const { namespace = '', uid = '' } = textsOf(metadata);
    if (isOurs(textsOf(metadata.labels))) await removeReport(server, kind, { namespace, uid }, signal);
  }
}

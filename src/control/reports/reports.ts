/** Keeps one report for each namespace with Functions, for viewers such as Policy Reporter: level-triggered, one namespace at a time. */
import { TooBusy } from '../../admission/judgement.ts';
import type { ApiServer } from '../../api-server/api-server.ts';
import type { ClusterLog } from '../../api-server/cluster.ts';
import type { Configuration } from '../../config/configuration.ts';
import { namespaceFacts } from '../../namespace/namespace.ts';
import { reportOf } from '../../policy-report/report.ts';
import { resultOf, type Result } from '../../policy-report/result.ts';
import type { Holder } from '../holder.ts';
import type { ControlMetrics } from '../metrics.ts';
import { WorkQueue, type Again } from '../queue.ts';
import type { KnownNamespace, View } from '../view.ts';
import { availableKinds } from './api.ts';
import { ReportOwners } from './owner.ts';
import { removeAll, ReportStore } from './store.ts';
import type { Verdicts } from './verdicts.ts';

export interface ReportsOptions {
  readonly server: ApiServer;
  readonly view: View;
  readonly verdicts: Verdicts;
  /** The revisions that Pods run, by the uid of their workload. */
  readonly stampsOfPods: () => ReadonlyMap<string, ReadonlySet<string>>;
  readonly configuration: () => Configuration;
  readonly metrics: Pick<ControlMetrics, 'reported'>;
  readonly logger: ClusterLog;
}

/** Namespaces that are looked at at the same time. */
const AT_ONCE = 4;
/** Changes of one rollout come together. */
const SETTLED_MILLISECONDS = 2000;
/** Of one report: readers follow it, and a rollout of many Functions takes minutes. */
const BETWEEN_WRITES = 5000;
const BUSY = 1000;
const SOON = 500;
/** A CRD that comes or goes is noticed so soon. */
const PROBE_MILLISECONDS = 20_000;
/** Whatever was missed is found then; Pods are only looked at here. */
const EVERYTHING_MILLISECONDS = 60_000;
const NONE: ReadonlySet<string> = new Set();

export class Reports {
  private readonly queue: WorkQueue;
  private readonly owners: ReportOwners;
  private readonly ended = new AbortController();
  private readonly written = new Map<string, number>();
  private readonly foreign = new Set<string>();
  private store: ReportStore | undefined;
  private stamps: { readonly of: ReadonlyMap<string, ReadonlySet<string>>; readonly until: number } | undefined;
  private probing: Promise<void>;
  private probe: NodeJS.Timeout | undefined;
  private readonly everything: NodeJS.Timeout;

  constructor(private readonly options: ReportsOptions) {
    const { server, logger, metrics } = options;
    this.owners = new ReportOwners(server);
    this.queue = new WorkQueue({
      atOnce: AT_ONCE,
      work: (namespace, signal) => this.look(namespace, signal),
      failed: (namespace, error) => {
        metrics.reported('failed');
        logger.warn({ namespace, reason: reasonOf(error) }, 'a report was not written; it is tried again');
      },
    });
    this.probing = this.adopt();
    this.everything = setInterval(() => {
      this.options.verdicts.keep((key) => this.options.view.index.get(key) !== undefined);
      this.touchAll();
    }, EVERYTHING_MILLISECONDS);
  }

  /** Namespaces with a report. */
  count(): number {
    return this.store?.namespaces().length ?? 0;
  }

  /** Something of the namespace changed. */
  touch(namespace: string): void {
    if (this.store !== undefined) this.queue.addAfter(namespace, SETTLED_MILLISECONDS);
  }

  touchAll(): void {
    const namespaces = [...this.options.view.index.namespaces(), ...(this.store?.namespaces() ?? [])];
    for (const namespace of new Set(namespaces)) this.touch(namespace);
  }

  async stop(): Promise<void> {
    this.ended.abort();
    clearTimeout(this.probe);
    clearInterval(this.everything);
    await Promise.all([this.queue.stop(), this.probing, this.store?.stop()]);
  }

  /** Writes the kind of reports that the cluster has, and looks again whether it is still there. */
  private async adopt(): Promise<void> {
    const { server, logger } = this.options;
    try {
      const [kind, ...others] = await availableKinds(server, this.ended.signal);
      if (kind !== this.store?.kind) {
        const before = this.store;
        this.store = undefined;
        await before?.stop();
        logger.info({ reports: kind?.apiVersion ?? 'none' }, 'reports');
        if (kind !== undefined && !this.ended.signal.aborted) {
          const changed = (namespace: string): void => {
            this.touch(namespace);
          };
          this.store = new ReportStore({ server, logger, kind, owners: this.owners, changed });
          this.store.start();
          this.touchAll();
        }
      }
      for (const other of others) await removeAll(server, other, this.ended.signal);
    } catch (error) {
      if (!this.ended.signal.aborted) logger.warn({ reason: reasonOf(error) }, 'the kinds of reports are not known');
    }
    if (this.ended.signal.aborted) return;
    this.probe = setTimeout(() => {
      this.probing = this.adopt();
    }, PROBE_MILLISECONDS);
  }

  private async look(namespace: string, signal: AbortSignal): Promise<Again> {
    const { store } = this;
    if (store === undefined) return undefined;
    if (!store.synced()) return SOON;
    const { view, configuration, metrics } = this.options;
    const known = view.namespaces.get('', namespace);
    // Its report goes with it.
    if (known === undefined || known.isEnding) return undefined;
    const isWanted = known.isOptedIn && configuration().mode !== 'disabled';
    const workloads = view.index.workloadsIn(namespace).filter(({ isEnding }) => !isEnding);
    if (!isWanted || workloads.length === 0) {
      if (await store.remove(namespace, signal)) metrics.reported('removed');
      return undefined;
    }
    const results = await this.resultsOf(namespace, workloads, known, signal);
    if (results instanceof TooBusy) return BUSY;
    const wait = (this.written.get(namespace) ?? -Infinity) + BETWEEN_WRITES - performance.now();
    if (wait > 0) return wait;
    const written = await store.write(reportOf(namespace, results), signal);
    switch (written) {
      case 'written':
        this.written.set(namespace, performance.now());
        metrics.reported('written');
        return undefined;
      case 'changed':
        return SOON;
      case 'foreign':
        this.tellOfForeign(namespace, store);
        return undefined;
      case 'same':
      case 'gone':
        return undefined;
    }
  }

  private async resultsOf(
    namespace: string,
    workloads: readonly Holder[],
    { labels }: KnownNamespace,
    signal: AbortSignal,
  ): Promise<readonly Result[] | TooBusy> {
    const { verdicts, configuration } = this.options;
    const facts = namespaceFacts(namespace, labels, configuration().dependencies);
    const subject = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
    const results = facts.warnings.map((warning) => resultOf(warning, 'warn', { subject }));
    const stamps = this.stampsOfPods();
    for (const workload of workloads) {
      const found = await verdicts.of(workload, labels, stamps.get(workload.uid) ?? NONE, signal);
      if (found instanceof TooBusy) return found;
      results.push(...found);
    }
    return results;
  }

  /** All Pods of the cluster are gone through for it, so not for each namespace. */
  private stampsOfPods(): ReadonlyMap<string, ReadonlySet<string>> {
    const now = performance.now();
    if (this.stamps === undefined || this.stamps.until < now) {
      this.stamps = { of: this.options.stampsOfPods(), until: now + SETTLED_MILLISECONDS };
    }
    return this.stamps.of;
  }

  private tellOfForeign(namespace: string, { kind }: ReportStore): void {
    if (this.foreign.has(namespace)) return;
    this.foreign.add(namespace);
    this.options.logger.warn(
      { namespace, reason: `the ${kind.kind} "buildless" has no label app.kubernetes.io/managed-by=buildless` },
      'a report was not written',
    );
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RevisionContent } from '../revision/snapshot.ts';
import { ruleNames } from '../release-rules/list.ts';
import type { RuleName } from '../release-rules/rules.ts';
import { showBuildInfo } from '../server/build-info.ts';
import { DeniedMetrics } from '../server/denied-metrics.ts';
import { ExceptionMetrics } from '../server/exception-metrics.ts';
import { JudgementMetrics } from '../server/judgement-metrics.ts';

/** `lock`: there is one. `reason`: there is none for these inputs. `temporary`: it is tried again. */
export type ResolutionOutcome = 'lock' | 'reason' | 'temporary';

const RULE_OUTCOMES = ['passed', 'refused', 'warned', 'unavailable'] as const;
/** Of a lock that was compared with a rule. `warned`: passed, with a finding. `unavailable`: a registry did not answer. */
export type RuleOutcome = (typeof RULE_OUTCOMES)[number];
export type RuleOutcomes = Partial<Readonly<Record<RuleName, RuleOutcome>>>;

/** The metric of each rule. */
const RULE_METRICS: Readonly<
  Record<RuleName, { readonly name: string; readonly help: string; readonly warned: string }>
> = {
  age: {
    name: 'buildless_control_release_age_total',
    help: 'Locks compared with the minimum release age: passed, refused, unknown (passed with a version without a time) or unavailable (the registry did not answer; tried again).',
    warned: 'unknown',
  },
  provenance: {
    name: 'buildless_control_provenance_total',
    help: 'Locks compared with the provenance of the revision before: passed, warned or refused (a package lost it), or unavailable (the registry did not answer; tried again).',
    warned: 'warned',
  },
  licences: {
    name: 'buildless_control_licences_total',
    help: 'Locks compared with the allowed and refused licences: passed, refused, unknown (passed with a package of unknown licence) or unavailable (the registry did not answer; tried again).',
    warned: 'unknown',
  },
};

const REPORT_OUTCOMES = ['written', 'removed', 'failed'] as const;
/** Of a report of a namespace. */
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

export interface ControlMetricsOptions {
  readonly version: string;
  /** CPU, memory, event loop and garbage collection of this process too. */
  readonly processMetrics?: boolean;
}

/** Asked at each scrape. */
export interface ControlGauges {
  readonly isLeader: () => boolean;
  readonly revisions: (holds: RevisionContent) => number;
  readonly functions: () => number;
  /** Functions whose Pods run more than one revision for longer than they should. */
  readonly mixed: () => number;
  /** Functions that run a version that is denied. */
  readonly denied: () => number;
  /** Namespaces with a report. */
  readonly reports: () => number;
  readonly queued: () => number;
  /** Kinds of objects that cannot be followed. */
  readonly problems: () => number;
}

/** How a webhook of a Git host was answered. */
export const PUSH_OUTCOMES = [
  'looked-up',
  'no-function',
  'passed-on',
  'unsigned',
  'unreadable',
  'busy',
  'no-leader',
  'no-secret',
] as const;
export type PushOutcome = (typeof PUSH_OUTCOMES)[number];

const HOLDS: readonly RevisionContent[] = ['files', 'lock'];

/** Everything under /metrics of the controller. */
export class ControlMetrics {
  readonly #registry = new Registry();
  readonly #stored: Counter<'holds'>;
  readonly #removed: Counter<'holds'>;
  readonly #rollouts: Counter<'kind'>;
  readonly #rolloutDelay: Histogram;
  readonly #refused: Counter;
  readonly #resolutions: Histogram<'outcome'>;
  readonly #rules = new Map<RuleName, (outcome: RuleOutcome, count: number) => void>();
  readonly #reports: Counter<'outcome'>;
  readonly #pushes: Counter<'outcome'>;
  readonly #requests: Counter<'method'>;
  readonly #configurationReloads: Counter<'outcome'>;
  readonly #connectionsClosed: Counter<'port'>;
  /** Of denied versions. */
  readonly denied: DeniedMetrics;
  /** Of the dependency policy. */
  readonly exceptions: ExceptionMetrics;
  readonly judgements: JudgementMetrics;
  #gauges: ControlGauges | undefined;

  constructor({ version, processMetrics = true }: ControlMetricsOptions) {
    const registers = [this.#registry];
    this.denied = new DeniedMetrics(this.#registry);
    this.exceptions = new ExceptionMetrics(this.#registry);
    const counter = <Label extends string>(
      name: string,
      help: string,
      labelNames: readonly Label[] = [],
    ): Counter<Label> => new Counter({ name, help, labelNames: [...labelNames], registers });
    const gauge = (name: string, help: string, read: (gauges: ControlGauges) => number): void => {
      const collect = (): number => (this.#gauges === undefined ? 0 : read(this.#gauges));
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(collect());
        },
      });
    };
    this.#stored = counter('buildless_control_revisions_stored_total', 'Revisions that were made.', ['holds']);
    this.#removed = counter(
      'buildless_control_revisions_removed_total',
      'Revisions that were removed, as nothing names them.',
      ['holds'],
    );
    this.#rollouts = counter('buildless_control_rollouts_total', 'Workloads whose template got a new revision.', [
      'kind',
    ]);
    this.#rolloutDelay = new Histogram({
      name: 'buildless_control_rollout_delay_seconds',
      help: 'From the moment that the controller learned of an edit to the patch of a workload.',
      buckets: [0.5, 1, 1.25, 1.5, 2, 3, 5, 10, 30, 60, 300, 600],
      registers,
    });
    this.#refused = counter(
      'buildless_control_refused_total',
      'Edits that were not rolled out to a workload, as its namespace does not allow them.',
    );
    this.#resolutions = new Histogram({
      name: 'buildless_control_resolution_duration_seconds',
      help: 'Resolving a lock, by outcome: lock, reason (there is none) or temporary (it is tried again).',
      labelNames: ['outcome'],
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60],
      registers,
    });
    for (const rule of ruleNames()) {
      const { name, help, warned } = RULE_METRICS[rule];
      const results = counter(name, help, ['outcome']);
      this.#rules.set(rule, (outcome, count) => {
        results.inc({ outcome: outcome === 'warned' ? warned : outcome }, count);
      });
    }
    this.#reports = counter(
      'buildless_control_reports_total',
      'Reports of namespaces: written, removed or failed (tried again).',
      ['outcome'],
    );
    this.#pushes = counter('buildless_control_pushes_total', 'Webhooks of Git hosts, by how they were answered.', [
      'outcome',
    ]);
    this.#requests = counter('buildless_control_requests_total', 'Requests to the API server, without watches.', [
      'method',
    ]);
    this.#configurationReloads = counter(
      'buildless_configuration_reloads_total',
      'Changes of the configuration that were taken (success) or turned down (failure).',
      ['outcome'],
    );
    this.#connectionsClosed = counter(
      'buildless_connections_closed_total',
      'Connections that were closed, or turned away, because there were too many.',
      ['port'],
    );
    this.judgements = new JudgementMetrics(this.#registry);
    gauge('buildless_control_leader', '1 in the replica that leads, else 0.', ({ isLeader }) => (isLeader() ? 1 : 0));
    gauge('buildless_control_functions', 'Workloads with the template of a Function.', ({ functions }) => functions());
    gauge(
      'buildless_control_functions_mixed',
      'Functions whose Pods run more than one revision for over 15 minutes.',
      ({ mixed }) => mixed(),
    );
    gauge('buildless_control_functions_denied', 'Functions that run a version that is denied.', ({ denied }) =>
      denied(),
    );
    gauge('buildless_control_reports', 'Namespaces with a report.', ({ reports }) => reports());
    gauge('buildless_control_queue_length', 'Sources and revisions that wait to be looked at.', ({ queued }) =>
      queued(),
    );
    gauge('buildless_cluster_problems', 'Kinds of objects that cannot be followed now.', ({ problems }) => problems());
    const revisions = (holds: RevisionContent): number => this.#gauges?.revisions(holds) ?? 0;
    new Gauge({
      name: 'buildless_control_revisions',
      help: 'Revisions that exist.',
      labelNames: ['holds'],
      registers,
      collect() {
        for (const holds of HOLDS) this.set({ holds }, revisions(holds));
      },
    });
    showBuildInfo(this.#registry, version);
    // A counter that appears with its first event has no rate then: all start at zero.
    for (const holds of HOLDS) for (const each of [this.#stored, this.#removed]) each.inc({ holds }, 0);
    for (const outcome of ['success', 'failure']) this.#configurationReloads.inc({ outcome }, 0);
    for (const outcome of ['lock', 'reason', 'temporary']) this.#resolutions.zero({ outcome });
    for (const count of this.#rules.values()) for (const outcome of RULE_OUTCOMES) count(outcome, 0);
    for (const outcome of REPORT_OUTCOMES) this.#reports.inc({ outcome }, 0);
    for (const outcome of PUSH_OUTCOMES) this.#pushes.inc({ outcome }, 0);
    for (const port of ['plain', 'push']) this.#connectionsClosed.inc({ port }, 0);
    if (processMetrics) collectDefaultMetrics({ register: this.#registry });
  }

  follow(gauges: ControlGauges): void {
    this.#gauges = gauges;
  }

  revisionStored(holds: RevisionContent): void {
    this.#stored.inc({ holds });
  }

  revisionRemoved(holds: RevisionContent): void {
    this.#removed.inc({ holds });
  }

  /** @param seconds since the edit; undefined if nobody knows when it was */
  rolledOut(kind: string, seconds: number | undefined): void {
    this.#rollouts.inc({ kind });
    if (seconds !== undefined) this.#rolloutDelay.observe(seconds);
  }

  refused(): void {
    this.#refused.inc();
  }

  resolved(outcome: ResolutionOutcome, seconds: number): void {
    this.#resolutions.observe({ outcome }, seconds);
  }

  /** @param outcomes of a lock, by each rule that holds */
  compared(outcomes: RuleOutcomes): void {
    for (const [rule, count] of this.#rules) {
      const outcome = outcomes[rule];
      if (outcome !== undefined) count(outcome, 1);
    }
  }

  reported(outcome: ReportOutcome): void {
    this.#reports.inc({ outcome });
  }

  pushed(outcome: PushOutcome): void {
    this.#pushes.inc({ outcome });
  }

  requested(method: string): void {
    this.#requests.inc({ method });
  }

  configurationReloaded(outcome: 'success' | 'failure'): void {
    this.#configurationReloads.inc({ outcome });
  }

  connectionClosed(port: 'tls' | 'plain' | 'push'): void {
    this.#connectionsClosed.inc({ port });
  }

  render(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

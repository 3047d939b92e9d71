import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AdmissionRequest, Verdict } from '../admission/review.ts';
import { REVIEWED_KINDS } from '../admission/validate.ts';
import { TEMPLATE_KINDS } from '../function/template-kinds.ts';
import { SKIPS } from '../outcome/codes.ts';
import { showBuildInfo } from './build-info.ts';
import { DeniedMetrics } from './denied-metrics.ts';
import { ExceptionMetrics } from './exception-metrics.ts';
import { JudgementMetrics } from './judgement-metrics.ts';

export type WebhookName = 'mutate' | 'validate';
export type ReloadOutcome = 'success' | 'failure';
/** A conflict is not a failure: another replica was faster, and what it wrote is read next. */
export type UpdateOutcome = ReloadOutcome | 'conflict';

/** Kinds that are a label's value; a client of ours could name any number of others. */
const KINDS: ReadonlySet<string> = new Set([
  ...REVIEWED_KINDS.map((name) => name.split('/')[1] ?? ''),
  ...TEMPLATE_KINDS.flatMap(({ kind, stamped }) => (stamped === undefined ? [] : kind)),
]);

const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export interface MetricsOptions {
  readonly version: string;
  /** CPU, memory, event loop and garbage collection of this process too. */
  readonly processMetrics?: boolean;
}

/**
 * Everything under /metrics. The only place that knows the client library, prom-client, which is to be replaced by
 * @prometheus-io/client once Node.js 20 is gone. Names after https://prometheus.io/docs/practices/naming/.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #reviews: Counter<'webhook' | 'operation' | 'kind' | 'outcome'>;
  readonly #skips: Counter<'reason'>;
  readonly #refusals: Counter<'code'>;
  readonly #durations: Histogram<'webhook'>;
  readonly #certificateExpiry: Gauge;
  readonly #certificateReloads: Counter<'outcome'>;
  readonly #configurationReloads: Counter<'outcome'>;
  readonly #authorityExpiry: Gauge;
  readonly #caBundleUpdates: Counter<'outcome'>;
  readonly #connectionsClosed: Counter<'port'>;
  /** Of denied versions. */
  readonly denied: DeniedMetrics;
  /** Of the dependency policy. */
  readonly exceptions: ExceptionMetrics;
  readonly judgements: JudgementMetrics;
  #clusterProblems: () => number = () => 0;
  #inFlight = 0;

  constructor({ version, processMetrics = true }: MetricsOptions) {
    const registers = [this.#registry];
    this.denied = new DeniedMetrics(this.#registry);
    this.exceptions = new ExceptionMetrics(this.#registry);
    this.#reviews = new Counter({
      name: 'buildless_admission_reviews_total',
      help: 'Reviews that were answered.',
      labelNames: ['webhook', 'operation', 'kind', 'outcome'],
      registers,
    });
    this.#skips = new Counter({
      name: 'buildless_admission_skips_total',
      help: 'Objects that passed untouched, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.#refusals = new Counter({
      name: 'buildless_admission_refusals_total',
      help: 'Reasons for refusals; one refusal may have several.',
      labelNames: ['code'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'buildless_admission_review_duration_seconds',
      help: 'From the last byte of a review to its answer, without a wait for a revision.',
      labelNames: ['webhook'],
      buckets: DURATION_BUCKETS,
      registers,
    });
    new Gauge({
      name: 'buildless_admission_reviews_in_flight',
      help: 'Reviews that are being answered now.',
      registers,
      collect: createCollect(() => this.#inFlight),
    });
    this.#connectionsClosed = new Counter({
      name: 'buildless_connections_closed_total',
      help: 'Connections that were closed, or turned away, because there were too many.',
      labelNames: ['port'],
      registers,
    });
    for (const port of ['tls', 'plain'] as const) this.#connectionsClosed.inc({ port }, 0);
    this.judgements = new JudgementMetrics(this.#registry);
    this.#certificateExpiry = new Gauge({
      name: 'buildless_certificate_expiry_timestamp_seconds',
      help: 'When the served certificate expires, in seconds since 1970.',
      registers,
    });
    this.#certificateReloads = new Counter({
      name: 'buildless_certificate_reloads_total',
      help: 'Changes of the certificate that were taken (success) or turned down (failure).',
      labelNames: ['outcome'],
      registers,
    });
    this.#configurationReloads = new Counter({
      name: 'buildless_configuration_reloads_total',
      help: 'Changes of the configuration that were taken (success) or turned down (failure).',
      labelNames: ['outcome'],
      registers,
    });
    this.#authorityExpiry = new Gauge({
      name: 'buildless_authority_expiry_timestamp_seconds',
      help: 'When the CA that the webhook manages expires, in seconds since 1970; 0 if it manages none.',
      registers,
    });
    this.#caBundleUpdates = new Counter({
      name: 'buildless_ca_bundle_updates_total',
      help: 'Attempts to write the caBundle of a webhook configuration.',
      labelNames: ['outcome'],
      registers,
    });
    new Gauge({
      name: 'buildless_cluster_problems',
      help: 'Kinds of objects that cannot be followed now, so that answers come from what was read before.',
      registers,
      collect: createCollect(() => this.#clusterProblems()),
    });
    // A counter that appears with its first failure has no rate then: all start at zero.
    for (const outcome of ['success', 'failure'] as const) {
      this.#certificateReloads.inc({ outcome }, 0);
      this.#configurationReloads.inc({ outcome }, 0);
    }
    for (const outcome of ['success', 'conflict', 'failure'] as const) this.#caBundleUpdates.inc({ outcome }, 0);
    showBuildInfo(this.#registry, version);
    if (processMetrics) collectDefaultMetrics({ register: this.#registry });
  }

  reviewStarted(): void {
    this.#inFlight += 1;
  }

  /** To be called once for each `reviewStarted`. */
  reviewEnded(
    webhook: WebhookName,
    { operation, kind }: Pick<AdmissionRequest, 'operation' | 'kind'>,
    { outcome, codes }: Pick<Verdict, 'outcome' | 'codes'>,
    seconds: number,
  ): void {
    this.#inFlight -= 1;
    this.#reviews.inc({ webhook, operation, kind: KINDS.has(kind.kind) ? kind.kind : 'other', outcome });
    this.#durations.observe({ webhook }, seconds);
    for (const code of codes) {
      if (code in SKIPS) this.#skips.inc({ reason: code });
      else this.#refusals.inc({ code });
    }
  }

  /** A request that is not a review never becomes one of the reviews; it is only counted as refused. */
  notAReview(): void {
    this.#refusals.inc({ code: 'not-a-review' });
  }

  /** A large review was refused before it was parsed; it never becomes one of the reviews. */
  turnedAway(): void {
    this.#refusals.inc({ code: 'too-busy' });
  }

  connectionClosed(port: 'tls' | 'plain'): void {
    this.#connectionsClosed.inc({ port });
  }

  certificateExpires(at: Date): void {
    this.#certificateExpiry.set(at.getTime() / 1000);
  }

  certificateReloaded(outcome: ReloadOutcome): void {
    this.#certificateReloads.inc({ outcome });
  }

  configurationReloaded(outcome: ReloadOutcome): void {
    this.#configurationReloads.inc({ outcome });
  }

  /** Of the CA that the webhook keeps up to date. */
  authorityExpires(at: Date): void {
    this.#authorityExpiry.set(at.getTime() / 1000);
  }

  caBundleUpdated(outcome: UpdateOutcome): void {
    this.#caBundleUpdates.inc({ outcome });
  }

  /** @param count asked at each scrape: how many kinds of objects cannot be followed */
  followCluster(count: () => number): void {
    this.#clusterProblems = count;
  }

  /** In the text format that `contentType` names. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

/** A gauge that is read when it is asked for, so that the path of a review only adds to a number. */
function createCollect(read: () => number): (this: Gauge) => void {
  return function () {
    this.set(read());
  };
}

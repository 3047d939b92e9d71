import { Counter, Gauge, type Registry } from 'prom-client';
import type { DeniedList } from '../denied/list.ts';

/** Asked at each scrape. */
export interface DeniedGauges {
  readonly current: () => Pick<DeniedList, 'digest' | 'entries'>;
  /** Sources of denied versions that are not in force as they are written. */
  readonly problems: () => number;
}

/** What webhook and controller show of denied versions. */
export class DeniedMetrics {
  readonly #reloads: Counter<'outcome'>;
  #gauges: DeniedGauges | undefined;

  constructor(registry: Registry) {
    const registers = [registry];
    const read = (): DeniedGauges | undefined => this.#gauges;
    new Gauge({
      name: 'buildless_denied_list_info',
      help: 'Always 1; the label has the digest of the denied versions that are in force in this replica.',
      labelNames: ['digest'],
      registers,
      collect() {
        this.reset();
        const gauges = read();
        if (gauges !== undefined) this.set({ digest: gauges.current().digest }, 1);
      },
    });
    new Gauge({
      name: 'buildless_denied_entries',
      help: 'Denied packages that are in force.',
      registers,
      collect() {
        this.set(read()?.current().entries ?? 0);
      },
    });
    new Gauge({
      name: 'buildless_denied_problems',
      help: 'Faults in lists of denied versions, of which the last good one stays in force.',
      registers,
      collect() {
        this.set(read()?.problems() ?? 0);
      },
    });
    this.#reloads = new Counter({
      name: 'buildless_denied_reloads_total',
      help: 'Changes of lists of denied versions that were taken (success) or turned down (failure).',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of ['success', 'failure']) this.#reloads.inc({ outcome }, 0);
  }

  follow(gauges: DeniedGauges): void {
    this.#gauges = gauges;
  }

  reloaded(outcome: 'success' | 'failure'): void {
    this.#reloads.inc({ outcome });
  }
}

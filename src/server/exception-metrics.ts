import { Gauge, type Registry } from 'prom-client';
import { endOf, type Exception } from '../exceptions/exception.ts';

/** What webhook and controller show of exceptions; the configuration takes 200 at most. */
export class ExceptionMetrics {
  #current: () => readonly Exception[] = () => [];

  constructor(registry: Registry) {
    const read = (): readonly Exception[] => this.#current();
    new Gauge({
      name: 'buildless_policy_exception_expires_timestamp_seconds',
      // Prometheus has a label "namespace" of its own, of the scraped Pod.
      help: 'When an exception of the dependency policy ends or has ended, in seconds since 1970.',
      labelNames: ['function_namespace', 'function', 'package', 'code'],
      registers: [registry],
      collect() {
        this.reset();
        for (const exception of latest(read())) {
          const { namespace, function: name, package: of, code } = exception;
          this.set({ function_namespace: namespace, function: name, package: of, code }, endOf(exception) / 1000);
        }
      },
    });
  }

  /** Asked at each scrape. */
  follow(current: () => readonly Exception[]): void {
    this.#current = current;
  }
}

/** Of several for the same, the one that ends last counts. */
const latest = (exceptions: readonly Exception[]): readonly Exception[] =>
  exceptions.toSorted((a, b) => (a.until < b.until ? -1 : 1));

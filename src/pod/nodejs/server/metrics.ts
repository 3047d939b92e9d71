/** Counts calls, under the names that dashboards for Kyma ask for. */
import type { IncomingMessage } from 'node:http';
import { Counter, Histogram, Registry } from 'prom-client';
import { note } from './journal.ts';

/** Methods that have a label of their own; clients must not make labels. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']);

/** Upper bounds of Kyma's Python runtime. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Upper bounds of Kyma's Node.js runtime. */
const MILLISECONDS = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

type Observe = (seconds: number, failed: boolean) => void;

export class Metrics {
  readonly #registry = new Registry();
  readonly #observers = new Map<string, Observe>();
  readonly #calls = this.#counter('function_calls_total', 'Number of calls to user function');
  readonly #failures = this.#counter('function_failures_total', 'Number of exceptions in user function');
  readonly #seconds = this.#histogram('function_duration_seconds', 'Duration of user function in seconds', SECONDS);
  /** Kyma's name, misspelt as it is. */
  readonly #milliseconds = this.#histogram(
    'function_duration_miliseconds',
    'Duration of user function in miliseconds',
    MILLISECONDS,
  );

  /** Counts a call that has ended; never throws. */
  count({ method = '' }: IncomingMessage, milliseconds: number, failed: boolean): void {
    try {
      this.#observe(method, milliseconds / 1000, failed);
    } catch (error) {
      note('error', 'a call could not be counted', { error });
    }
  }

  #observe(method: string, seconds: number, failed: boolean): void {
    let observer = this.#observers.get(method);
    if (observer === undefined) this.#observers.set(method, (observer = this.#observer(method)));
    observer(seconds, failed);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Prometheus' text. */
  page(): Promise<string> {
    return this.#registry.metrics();
  }

  #observer(method: string): Observe {
    const label = METHODS.has(method) ? method : 'OTHER';
    const calls = this.#calls.labels(label);
    const failures = this.#failures.labels(label);
    const inSeconds = this.#seconds.labels(label);
    const inMilliseconds = this.#milliseconds.labels(label);
    return (seconds, failed) => {
      calls.inc();
      if (failed) failures.inc();
      inSeconds.observe(seconds);
      inMilliseconds.observe(seconds * 1000);
    };
  }

  #counter(name: string, help: string): Counter<'method'> {
    return new Counter({ name, help, labelNames: ['method'], registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram<'method'> {
    return new Histogram({ name, help, buckets, labelNames: ['method'], registers: [this.#registry] });
  }
}

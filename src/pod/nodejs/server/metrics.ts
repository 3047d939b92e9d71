/**
 * Counts calls, under the names that dashboards for Kyma ask for. Counted in plain numbers and turned into Prometheus' text
 * when it is asked for: prom-client takes a tenth of a short call, and loads TLS.
 */
import type { IncomingMessage } from 'node:http';
import { OwnMap } from './originals.ts';

/** Methods that have a label of their own; clients must not make labels. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']);

interface Histogram {
  readonly name: string;
  readonly help: string;
  /** Upper bounds, the smallest first. */
  readonly bounds: readonly number[];
  /** What a millisecond is in its unit. */
  readonly unit: number;
}

const HISTOGRAMS: readonly Histogram[] = [
  {
    name: 'function_duration_seconds',
    help: 'Duration of user function in seconds',
    // Those of Kyma's Python runtime.
    bounds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    unit: 1 / 1000,
  },
  {
    // Kyma's name, misspelt as it is.
    name: 'function_duration_miliseconds',
    help: 'Duration of user function in miliseconds',
    // Those of Kyma's Node.js runtime.
    bounds: [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000],
    unit: 1,
  },
];

/** The calls of one method. */
class Calls {
  count = 0;
  failures = 0;
  milliseconds = 0;
  /** For each histogram the calls by the first bound that is not below them; the last ones are beyond all bounds. */
  readonly buckets = HISTOGRAMS.map(({ bounds }) => new Float64Array(bounds.length + 1));

  add(milliseconds: number, failed: boolean): void {
    this.count += 1;
    if (failed) this.failures += 1;
    this.milliseconds += milliseconds;
    for (let index = 0; index < HISTOGRAMS.length; index += 1) {
      const histogram = HISTOGRAMS[index];
      const buckets = this.buckets[index];
      if (histogram === undefined || buckets === undefined) continue;
      const { bounds } = histogram;
      const value = milliseconds * histogram.unit;
      let bucket = 0;
      while (bucket < bounds.length && value > Number(bounds[bucket])) bucket += 1;
      buckets[bucket] = Number(buckets[bucket]) + 1;
    }
  }
}

export class Metrics {
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #methods = new OwnMap<string, Calls>();

  /** Counts a call that has ended. */
  count({ method = '' }: IncomingMessage, milliseconds: number, failed: boolean): void {
    const label = METHODS.has(method) ? method : 'OTHER';
    let calls = this.#methods.get(label);
    if (calls === undefined) this.#methods.set(label, (calls = new Calls()));
    calls.add(milliseconds, failed);
  }

  /** Prometheus' text (prometheus.io/docs/instrumenting/exposition_formats). */
  page(): string {
    const methods = [...this.#methods];
    const total = ([method, { count }]: (typeof methods)[number]): string =>
      `function_calls_total{method="${method}"} ${count}`;
    const failed = methods.filter(([, { failures }]) => failures > 0);
    const families = [
      [...head('function_calls_total', 'Number of calls to user function', 'counter'), ...methods.map(total)],
      [
        ...head('function_failures_total', 'Number of exceptions in user function', 'counter'),
        ...failed.map(([method, { failures }]) => `function_failures_total{method="${method}"} ${failures}`),
      ],
      ...HISTOGRAMS.map(({ name, help, bounds, unit }, index) => [
        ...head(name, help, 'histogram'),
        ...methods.flatMap(([method, { count, milliseconds, buckets }]) => {
          let below = 0;
          const lines = bounds.map((bound, place) => {
            below += Number(buckets[index]?.[place]);
            return `${name}_bucket{le="${bound}",method="${method}"} ${below}`;
          });
          return [
            ...lines,
            `${name}_bucket{le="+Inf",method="${method}"} ${count}`,
            `${name}_sum{method="${method}"} ${milliseconds * unit}`,
            `${name}_count{method="${method}"} ${count}`,
          ];
        }),
      ]),
    ];
    return `${families.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  }
}

const head = (name: string, help: string, type: string): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

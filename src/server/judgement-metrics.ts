import { Gauge, Histogram, type Registry } from 'prom-client';

/** What webhook and controller show of the judgement of large sources. */
export class JudgementMetrics {
  readonly #durations: Histogram;
  #waiting: () => number = () => 0;

  constructor(registry: Registry) {
    const registers = [registry];
    const read = (): number => this.#waiting();
    this.#durations = new Histogram({
      name: 'buildless_judgement_duration_seconds',
      help: 'Judging the dependencies of a large source, without the wait for its turn.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    });
    new Gauge({
      name: 'buildless_judgements_waiting',
      help: 'Large sources that wait for their judgement now.',
      registers,
      collect() {
        this.set(read());
      },
    });
  }

  /** @param waiting asked at each scrape: how many sources wait for their judgement */
  follow(waiting: () => number): void {
    this.#waiting = waiting;
  }

  judged(seconds: number): void {
    this.#durations.observe(seconds);
  }
}

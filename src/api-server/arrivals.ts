/** Waits, for a moment, for revisions that a controller is about to store. */

export interface ArrivalBounds {
  /** A Pod is not held up for longer; the API server waits 5 s for the whole review. */
  readonly milliseconds: number;
  /**
   * Revisions that are waited for at the same time, and one of a namespace. Whoever creates a Pod waits with it, and
   * kube-controller-manager has 5 workers for all ReplicaSets of the cluster (`--concurrent-replicaset-syncs`).
   */
  readonly waiting: number;
  /** Pods that wait for one revision: they keep no other worker, but each is a request that the API server has under way. */
  readonly pods: number;
  /** For how long a namespace does not wait again after nothing came. */
  readonly pauseMilliseconds: number;
}

const ARRIVALS: ArrivalBounds = { milliseconds: 2500, waiting: 2, pods: 20, pauseMilliseconds: 30_000 };

export interface ArrivalOptions {
  /** Whether a ConfigMap of a revision exists, as far as this process knows. */
  readonly isThere: (namespace: string, name: string) => boolean;
  readonly bounds?: ArrivalBounds;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

interface Waiting {
  readonly names: readonly string[];
  readonly timer: NodeJS.Timeout;
  /** To be called at its end, one of each Pod. */
  readonly pods: (() => void)[];
}

export class Arrivals {
  /** By namespace. */
  private readonly waiting = new Map<string, Waiting>();
  private readonly pausedUntil = new Map<string, number>();
  private readonly bounds: ArrivalBounds;
  private readonly now: () => number;

  constructor(private readonly options: ArrivalOptions) {
    this.bounds = options.bounds ?? ARRIVALS;
    this.now = options.now ?? (() => performance.now());
  }

  /**
   * Resolves when all of them are there, or waiting is pointless.
   *
   * @returns the milliseconds of the wait, 0 if there was none
   */
  async until(namespace: string, names: readonly string[]): Promise<number> {
    if (this.areThere(namespace, names)) return 0;
    const waiting = this.waitOf(namespace, names);
    if (waiting === undefined) return 0;
    const started = this.now();
    await new Promise<void>((resolve) => waiting.pods.push(resolve));
    return this.now() - started;
  }

  /** A revision is there. */
  arrived(namespace: string): void {
    const waiting = this.waiting.get(namespace);
    if (waiting !== undefined && this.areThere(namespace, waiting.names)) this.end(namespace, waiting);
  }

  /** Nobody waits any more. */
  stop(): void {
    for (const [namespace, waiting] of this.waiting) this.end(namespace, waiting);
  }

  /** Whether there is nothing to wait for. */
  areThere(namespace: string, names: readonly string[]): boolean {
    return names.every((name) => this.options.isThere(namespace, name));
  }

  /** @returns the wait that a Pod may take part in, if there is one or may be */
  private waitOf(namespace: string, names: readonly string[]): Waiting | undefined {
    const { waiting: most, pods: mostPods, milliseconds, pauseMilliseconds } = this.bounds;
    const known = this.waiting.get(namespace);
    if (known !== undefined) {
      const isSame = known.names.join(' ') === names.join(' ');
      return isSame && known.pods.length < mostPods ? known : undefined;
    }
    const now = this.now();
    for (const [paused, until] of this.pausedUntil) if (until <= now) this.pausedUntil.delete(paused);
    if (this.waiting.size >= most || this.pausedUntil.has(namespace)) return undefined;
    const timer = setTimeout(() => {
      this.pausedUntil.set(namespace, this.now() + pauseMilliseconds);
      this.end(namespace, begun);
    }, milliseconds);
    const begun: Waiting = { names, timer, pods: [] };
    this.waiting.set(namespace, begun);
    return begun;
  }

  private end(namespace: string, { timer, pods }: Waiting): void {
    clearTimeout(timer);
    this.waiting.delete(namespace);
    for (const resolve of pods) resolve();
  }
}

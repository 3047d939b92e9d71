/** Waits, for a moment, for revisions that a controller is about to store. */

export interface ArrivalBounds {
  /** A Pod is not held up for longer; the API server waits 5 s for the whole review. */
  readonly milliseconds: number;
  /**
   * Pods that wait at the same time, and one of a namespace. Whoever creates a Pod waits with it, and kube-controller-manager
   * has 5 workers for all ReplicaSets of the cluster (`--concurrent-replicaset-syncs`).
   */
  readonly waiting: number;
  /** For how long a namespace does not wait again after nothing came. */
  readonly pauseMilliseconds: number;
}

const ARRIVALS: ArrivalBounds = { milliseconds: 2500, waiting: 2, pauseMilliseconds: 30_000 };

export interface ArrivalOptions {
  /** Whether a ConfigMap of a revision exists, as far as this process knows. */
  readonly isThere: (namespace: string, name: string) => boolean;
  readonly bounds?: ArrivalBounds;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

interface Waiting {
  readonly names: readonly string[];
  readonly end: (isComplete: boolean) => void;
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
    if (this.areThere(namespace, names) || !this.mayWait(namespace)) return 0;
    const started = this.now();
    const isComplete = await new Promise<boolean>((resolve) => {
      const end = (isHere: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(namespace);
        resolve(isHere);
      };
      const timer = setTimeout(() => {
        end(false);
      }, this.bounds.milliseconds);
      this.waiting.set(namespace, { names, end });
    });
    const ended = this.now();
    if (!isComplete) this.pausedUntil.set(namespace, ended + this.bounds.pauseMilliseconds);
    return ended - started;
  }

  /** A revision is there. */
  arrived(namespace: string): void {
    const waiting = this.waiting.get(namespace);
    if (waiting !== undefined && this.areThere(namespace, waiting.names)) waiting.end(true);
  }

  /** Nobody waits any more. */
  stop(): void {
    for (const { end } of this.waiting.values()) end(false);
  }

  /** Whether there is nothing to wait for. */
  areThere(namespace: string, names: readonly string[]): boolean {
    return names.every((name) => this.options.isThere(namespace, name));
  }

  private mayWait(namespace: string): boolean {
    const now = this.now();
    for (const [paused, until] of this.pausedUntil) if (until <= now) this.pausedUntil.delete(paused);
    const { waiting } = this.bounds;
    return this.waiting.size < waiting && !this.waiting.has(namespace) && !this.pausedUntil.has(namespace);
  }
}

/**
 * One leader of several processes, by a Lease. The algorithm of client-go, as client-node has none for Node.js 20.
 * Source: k8s.io/client-go/tools/leaderelection (leaderelection.go), KEP-589
 *
 * Needs `get` and `update` on the Lease, and `create` on leases of its namespace.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ADDRESS_ANNOTATION } from '../function/keys.ts';
import { isObject } from '../kubernetes/object.ts';
import { ApiError, type ApiServer } from './api-server.ts';
import type { ClusterLog } from './cluster.ts';
import { within } from './deadline.ts';

export interface LeaseOptions {
  readonly server: ApiServer;
  readonly namespace: string;
  readonly name: string;
  /** Of this process; no other one has it. */
  readonly identity: string;
  readonly logger: ClusterLog;
  readonly times: LeaseTimes;
  /** Where others reach this process while it leads; it is written on the Lease. */
  readonly address?: string;
}

export interface LeaseTimes {
  /** Others wait as long as this for a holder that does not renew. */
  readonly leaseSeconds: number;
  /** A holder that could not renew for as long as this is no longer the leader. */
  readonly renewDeadlineSeconds: number;
  readonly retrySeconds: number;
}

/** In the proportions of client-go: 15, 10 and 2 s. */
export const leaseTimes = (leaseSeconds: number): LeaseTimes => ({
  leaseSeconds,
  renewDeadlineSeconds: (leaseSeconds * 2) / 3,
  retrySeconds: (leaseSeconds * 2) / 15,
});

/** What a Lease says, as far as it matters here. */
interface LeaseRecord {
  readonly resourceVersion: string;
  readonly holder: string;
  /** Of the holder; empty if it has none. */
  readonly address: string;
  readonly leaseSeconds: number;
  readonly acquireTime: string;
  readonly transitions: number;
}

/** Campaigns for the Lease, and leads whenever this process holds it. */
export class LeaseElector {
  private observed: { readonly record: LeaseRecord; readonly at: number } | undefined;
  private readonly end = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: LeaseOptions) {}

  /** @param lead runs while this process leads; its signal ends it, and the Lease is campaigned for again after that */
  start(lead: (signal: AbortSignal) => Promise<void>): void {
    this.running ??= this.run(lead);
  }

  /** Stops leading, and gives the Lease to whoever wants it at once. */
  async stop(): Promise<void> {
    this.end.abort();
    await this.running;
  }

  /** Where the process is reached that leads; undefined if it is this one, or nobody, or if it does not say. */
  leaderAddress(): string | undefined {
    const { holder, address } = this.observed?.record ?? { holder: '', address: '' };
    return holder === this.options.identity || address === '' ? undefined : address;
  }

  private get times(): LeaseTimes {
    return this.options.times;
  }

  private stopped(): boolean {
    return this.end.signal.aborted;
  }

  private async run(lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { logger, namespace, name, identity } = this.options;
    const fields = { lease: `${namespace}/${name}`, identity };
    while (!this.stopped()) {
      if (!(await this.attempt())) {
        await this.pause();
        continue;
      }
      logger.info(fields, 'leading');
      const term = new AbortController();
      const led = lead(term.signal);
      await this.keep();
      term.abort();
      if (!this.stopped()) logger.warn(fields, 'no longer leading: the Lease could not be renewed');
      // Whoever follows must not find this process still at work.
      await led;
      if (this.stopped()) await this.release();
    }
  }

  /** Renews until that fails for too long, or the end. */
  private async keep(): Promise<void> {
    let renewed = performance.now();
    while (!this.stopped()) {
      await this.pause();
      if (this.stopped()) return;
      const left = this.times.renewDeadlineSeconds * 1000 - (performance.now() - renewed);
      if (left <= 0) return;
      if (await this.attempt(left)) renewed = performance.now();
      else if (this.observed?.record.holder !== this.options.identity) return;
    }
  }

  private async pause(): Promise<void> {
    // Candidates do not all ask at the same moment.
    const milliseconds = this.times.retrySeconds * 1000 * (1 + Math.random() * 0.2);
    await sleep(milliseconds, undefined, { signal: this.end.signal }).catch(() => undefined);
  }

  /** @returns whether this process holds the Lease now */
  private async attempt(longest = Infinity): Promise<boolean> {
    try {
      const milliseconds = Math.min(longest, this.times.renewDeadlineSeconds * 500);
      return await within(this.end.signal, milliseconds, (signal) => this.tryOnce(signal));
    } catch (error) {
      if (!this.stopped() && !(error instanceof ApiError && error.status === 409)) {
        const reason = error instanceof Error ? error.message : String(error);
        this.options.logger.warn({ lease: this.options.name, reason }, 'cannot ask for the Lease');
      }
      return false;
    }
  }

  private async tryOnce(signal: AbortSignal): Promise<boolean> {
    const { identity } = this.options;
    const found = await this.read(signal);
    if (found === undefined) {
      this.observe(await this.write(undefined, identity, signal));
      return true;
    }
    // A clock of another machine says nothing: what counts is how long the record did not change for this one.
    if (this.observed?.record.resourceVersion !== found.resourceVersion) this.observe(found);
    const age = performance.now() - (this.observed?.at ?? 0);
    const isFree = found.holder === '' || age > found.leaseSeconds * 1000;
    if (found.holder !== identity && !isFree) return false;
    this.observe(await this.write(found, identity, signal));
    return true;
  }

  private async release(): Promise<void> {
    const { record } = this.observed ?? {};
    if (record?.holder !== this.options.identity) return;
    try {
      await within(new AbortController().signal, 2000, (signal) => this.write(record, '', signal));
    } catch {
      // It expires.
    }
  }

  private observe(record: LeaseRecord): void {
    this.observed = { record, at: performance.now() };
  }

  private get collection(): string {
    return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(this.options.namespace)}/leases`;
  }

  private async read(signal: AbortSignal): Promise<LeaseRecord | undefined> {
    const path = `${this.collection}/${encodeURIComponent(this.options.name)}`;
    try {
      return parseLease(await this.options.server.get(path, {}, signal));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Refused with 409 if somebody else wrote since. */
  private async write(before: LeaseRecord | undefined, holder: string, signal: AbortSignal): Promise<LeaseRecord> {
    const { namespace, name, server, address } = this.options;
    const now = microTime(new Date());
    const isNew = before?.holder !== holder;
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        namespace,
        name,
        ...(before !== undefined && { resourceVersion: before.resourceVersion }),
        ...(address !== undefined && holder !== '' && { annotations: { [ADDRESS_ANNOTATION]: address } }),
      },
      spec: {
        holderIdentity: holder,
        // A Lease that was given back is free at once.
        leaseDurationSeconds: holder === '' ? 1 : this.times.leaseSeconds,
        acquireTime: isNew ? now : before.acquireTime,
        renewTime: now,
        leaseTransitions: (before?.transitions ?? 0) + (before !== undefined && isNew && holder !== '' ? 1 : 0),
      },
    };
    const path = before === undefined ? this.collection : `${this.collection}/${encodeURIComponent(name)}`;
    return parseLease(await server.change({ method: before === undefined ? 'POST' : 'PUT', path, body }, signal));
  }
}

/** RFC 3339 with six digits after the seconds, as MicroTime wants it. */
export const microTime = (date: Date): string => date.toISOString().replace(/(\.\d{3})Z$/, '$1000Z');

function parseLease(object: unknown): LeaseRecord {
  if (!isObject(object)) throw new Error('the API server answered with something that is not a Lease');
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const spec = isObject(object.spec) ? object.spec : {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  return {
    resourceVersion: text(metadata.resourceVersion),
    holder: text(spec.holderIdentity),
    address: isObject(metadata.annotations) ? text(metadata.annotations[ADDRESS_ANNOTATION]) : '',
    leaseSeconds: number(spec.leaseDurationSeconds),
    acquireTime: text(spec.acquireTime) === '' ? microTime(new Date()) : text(spec.acquireTime),
    transitions: number(spec.leaseTransitions),
  };
}

/**
 * A copy of the objects of one kind, kept by list and watch as Kubernetes asks of clients.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 *
 * Not client-node's makeInformer: that one holds the whole objects, watches again at once and for ever when a server keeps
 * closing the stream, drops what it cannot parse, and cannot end a request that has no answer yet.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterLog } from './cluster.ts';
import { ApiError, type ApiServer, type Representation } from './api-server.ts';
import { within } from './deadline.ts';
import { parseMetadata, type Metadata } from './metadata.ts';
import { isJsonObject } from '../json/object.ts';

/** What became of one object. */
export interface EntryChange<Entry> {
  readonly namespace: string;
  readonly name: string;
  /** Undefined if it did not exist, or nothing of it was kept. */
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

export interface ReflectorOptions<Entry> {
  readonly server: ApiServer;
  /** Of the collection, e.g. `/api/v1/namespaces`. */
  readonly path: string;
  readonly labelSelector?: string;
  /** E.g. `metadata.name=hello`, which RBAC knows how to restrict by name. */
  readonly fieldSelector?: string;
  /** `metadata` where nothing else of the objects is looked at. */
  readonly representation?: Representation;
  /** Objects of one answer to a list; fewer where each may be large. */
  readonly pageSize?: number;
  /** Something was listed, added, modified or deleted. */
  readonly onChange?: () => void;
  /** The entry of one object is another one now. */
  readonly onEntry?: (change: EntryChange<Entry>) => void;
  /** What is kept of an object; undefined for nothing. */
  readonly entryOf: (object: object, metadata: Metadata) => Entry | undefined;
  readonly logger: ClusterLog;
  /** Before the second attempt after a failure; it doubles up to 30 s. */
  readonly backoffMilliseconds?: number;
}

const LONGEST_BACKOFF = 30_000;
const PAGE_SIZE = 500;
/** A list of thousands of ConfigMaps takes seconds, not minutes. */
const LIST_DEADLINE = 60_000;
/** The API server ends a watch after this; a watch that lasts longer has lost its connection. */
const WATCH_SECONDS = 300;
const WATCH_GRACE = 30_000;
/** A watch that ends sooner, without one event, counts as failed. */
const SHORTEST_WATCH = 1000;

/** The version to watch from is too old: list again. */
const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 410;

interface Kept<Entry> {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly entry: Entry;
}

export class Reflector<Entry> {
  private entries = new Map<string, Kept<Entry>>();
  private version: string | undefined;
  private listed = false;
  private trouble: string | undefined;
  private readonly end = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: ReflectorOptions<Entry>) {}

  start(): void {
    this.running ??= this.run();
  }

  /** What is known of an object now; undefined if it is missing, or not yet. */
  get(namespace: string, name: string): Entry | undefined {
    return this.entries.get(keyOf(namespace, name))?.entry;
  }

  /** What is known of the objects of a namespace now. */
  in(namespace: string): readonly Entry[] {
    const prefix = keyOf(namespace, '');
    return [...this.entries].filter(([key]) => key.startsWith(prefix)).map(([, { entry }]) => entry);
  }

  /** Everything that is kept now. */
  *values(): Generator<Entry> {
    for (const { entry } of this.entries.values()) yield entry;
  }

  get size(): number {
    return this.entries.size;
  }

  synced(): boolean {
    return this.listed;
  }

  /** Why the copy may be out of date now. */
  problem(): string | undefined {
    return this.trouble;
  }

  async stop(): Promise<void> {
    this.end.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopped()) {
      try {
        if (this.version === undefined) await this.list();
        await this.watch();
        failures = 0;
      } catch (error) {
        if (this.stopped()) return;
        failures += 1;
        if (isGone(error)) this.version = undefined;
        else this.report(error, failures);
      }
      // What failed once is tried again at once: a watch that was cut most often only needs a new one.
      if (failures > 1) await this.pause(failures - 1);
    }
  }

  private stopped(): boolean {
    return this.end.signal.aborted;
  }

  private report(error: unknown, failures: number): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.trouble = `${this.options.path}: ${reason}`;
    this.options.logger.warn({ path: this.options.path, reason, failures }, 'cannot follow the cluster');
  }

  private recovered(): void {
    if (this.trouble !== undefined)
      this.options.logger.info({ path: this.options.path }, 'following the cluster again');
    this.trouble = undefined;
  }

  private async pause(attempt: number): Promise<void> {
    const longest = Math.min(LONGEST_BACKOFF, (this.options.backoffMilliseconds ?? 500) * 2 ** (attempt - 1));
    // Not all replicas at once.
    const milliseconds = longest * (0.5 + Math.random() / 2);
    await sleep(milliseconds, undefined, { signal: this.end.signal, ref: false }).catch(() => undefined);
  }

  private selection(): Record<string, string> {
    const { labelSelector, fieldSelector } = this.options;
    return {
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
    };
  }

  private async list(): Promise<void> {
    const { server, path, representation, pageSize = PAGE_SIZE } = this.options;
    const entries: typeof this.entries = new Map();
    let more = '';
    let version: string;
    do {
      const query = { ...this.selection(), limit: String(pageSize), ...(more !== '' && { continue: more }) };
      const page = await within(this.end.signal, LIST_DEADLINE, (signal) =>
        server.list(path, query, signal, representation),
      );
      const { metadata, items } = parseList(page);
      for (const item of items) {
        const parsed = parseMetadata(item);
        if (parsed === undefined) continue;
        const key = keyOf(parsed.namespace, parsed.name);
        const known = this.entries.get(key);
        // The value computed of an object stays until the object changes.
        const unchanged = known?.version === parsed.resourceVersion;
        const kept = unchanged ? known : this.kept(item, parsed);
        if (kept !== undefined) entries.set(key, kept);
      }
      more = metadata.continue;
      version = metadata.resourceVersion;
    } while (more !== '');
    const before = this.entries;
    this.entries = entries;
    this.version = version;
    this.listed = true;
    for (const [key, kept] of before) if (!entries.has(key)) this.changed(kept, undefined);
    for (const [key, kept] of entries) {
      const known = before.get(key);
      if (known !== kept) this.changed(known, kept);
    }
    this.options.onChange?.();
  }

  private kept(object: object, metadata: Metadata): Kept<Entry> | undefined {
    const { namespace, name, resourceVersion: version } = metadata;
    const entry = this.options.entryOf(object, metadata);
    return entry === undefined ? undefined : { namespace, name, version, entry };
  }

  private changed(before: Kept<Entry> | undefined, after: Kept<Entry> | undefined): void {
    const of = after ?? before;
    if (of === undefined) return;
    const { namespace, name } = of;
    this.options.onEntry?.({ namespace, name, before: before?.entry, after: after?.entry });
  }

  /** Rejects if it did not do what a watch should: last for a while, or bring something. */
  private async watch(): Promise<void> {
    const started = performance.now();
    const query = {
      ...this.selection(),
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: this.version ?? '',
      timeoutSeconds: String(WATCH_SECONDS),
    };
    const { server, path, representation } = this.options;
    const idle = await within(this.end.signal, WATCH_SECONDS * 1000 + WATCH_GRACE, async (signal) => {
      const events = await server.stream(path, query, signal, representation);
      this.recovered();
      let count = 0;
      for await (const event of events) {
        this.apply(event);
        count += 1;
      }
      return count === 0;
    });
    if (idle && performance.now() - started < SHORTEST_WATCH) throw new Error('the watch ended at once');
  }

  private apply(event: unknown): void {
    const { type, object } = parseEvent(event);
    if (type === 'ERROR') throw errorOf(object);
    const metadata = parseMetadata(object);
    if (metadata === undefined) return;
    const key = keyOf(metadata.namespace, metadata.name);
    const before = this.entries.get(key);
    const after = type === 'ADDED' || type === 'MODIFIED' ? this.kept(object, metadata) : undefined;
    if (after !== undefined) this.entries.set(key, after);
    else if (type !== 'BOOKMARK') this.entries.delete(key);
    if (type !== 'BOOKMARK') this.changed(before, after);
    this.version = metadata.resourceVersion;
    if (type !== 'BOOKMARK') this.options.onChange?.();
  }
}

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

function parseList(page: unknown): {
  readonly metadata: { readonly continue: string; readonly resourceVersion: string };
  readonly items: readonly object[];
} {
  if (!isJsonObject(page)) throw new Error('the answer to a list request is not a list');
  const items: unknown = 'items' in page ? page.items : undefined;
  const metadata: unknown = 'metadata' in page ? page.metadata : undefined;
  // Go writes an empty list as null.
  if (!isJsonObject(metadata) || !(Array.isArray(items) || items === null))
    throw new Error('the answer to a list request is not a list');
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    metadata: {
      continue: text('continue' in metadata ? metadata.continue : ''),
      resourceVersion: text('resourceVersion' in metadata ? metadata.resourceVersion : ''),
    },
    items: (items ?? []).filter(isJsonObject),
  };
}

function parseEvent(event: unknown): { readonly type: string; readonly object: object } {
  if (
    isJsonObject(event) &&
    'type' in event &&
    'object' in event &&
    typeof event.type === 'string' &&
    isJsonObject(event.object)
  ) {
    return { type: event.type, object: event.object };
  }
  throw new Error('the watch sent something that is not an event');
}

function errorOf(status: object): ApiError {
  const code = 'code' in status && typeof status.code === 'number' ? status.code : 0;
  const message = 'message' in status && typeof status.message === 'string' ? status.message : 'the watch failed';
  return new ApiError(code, message);
}

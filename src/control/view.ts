/** What the controller knows of the cluster: slim copies of the objects, and who belongs to whom. */
import type { ApiServer } from '../api-server/api-server.ts';
import type { ClusterLog } from '../api-server/cluster.ts';
import { Reflector, type EntryChange, type ReflectorOptions } from '../api-server/reflector.ts';
import { FUNCTION_LABEL, REVISION_OF_LABEL } from '../function/keys.ts';
import { isOptedIn, type NamespaceLabels } from '../namespace/namespace.ts';
import { isObject } from '../kubernetes/object.ts';
import { baseOf } from '../function/revision-name.ts';
import { namesOf } from '../function/stamp.ts';
import { baseKey, groupKey, HolderIndex, namedBases, sourceBases } from './holder-index.ts';
import { holderOf, isOwned, isSameHolder, type Holder } from './holder.ts';
import { collectionOf, STAMPED_KINDS, type StampedKind } from './kinds.ts';
import { revisionEntry, type KnownRevision } from './known-revision.ts';
import { podOf, type RunningPod } from './pod.ts';
import { Sets } from './sets.ts';

export interface KnownNamespace {
  readonly labels: NamespaceLabels;
  readonly isOptedIn: boolean;
  readonly isEnding: boolean;
}

/** A ConfigMap that may be a source; what is in it is asked for when it matters. */
export interface KnownConfigMap {
  readonly version: string;
  /** When this process learned of this version, on its own clock. */
  readonly since: number;
}

/** What has to be looked at again; keys as `groupKey` and `baseKey` have them. */
export interface ViewListener {
  /** @param key of workloads with one source */
  readonly group: (key: string) => void;
  /** @param key of revisions with one base */
  readonly base: (key: string, isUrgent: boolean) => void;
}

export interface ViewOptions {
  readonly server: ApiServer;
  readonly logger: ClusterLog;
}

type Followed = Pick<Reflector<unknown>, 'synced' | 'problem' | 'start' | 'stop'>;

/** Bodies of ConfigMaps come along in kubectl's annotation, even if only metadata is asked for. */
const PAGE_OF_CONFIG_MAPS = 100;
/** An API server that does not know a kind now may know it later. */
const PROBE_MILLISECONDS = 60_000;

export class View {
  readonly index = new HolderIndex();
  readonly namespaces: Reflector<KnownNamespace>;
  readonly configMaps: Reflector<KnownConfigMap>;
  readonly revisions: Reflector<KnownRevision>;
  readonly pods: Reflector<RunningPod>;
  private readonly kinds = new Map<StampedKind, Reflector<Holder>>();
  private readonly revisionsOfBase = new Sets();
  private readonly podsOfRevision = new Sets();
  private listener: ViewListener | undefined;
  private readonly ended = new AbortController();
  private probe: NodeJS.Timeout | undefined;

  constructor(private readonly options: ViewOptions) {
    this.namespaces = this.follow('/api/v1/namespaces', {
      entryOf: (object, { labels }) => ({ labels, isOptedIn: isOptedIn(labels), isEnding: isEnding(object) }),
      onEntry: ({ name }) => {
        this.namespaceChanged(name);
      },
    });
    this.configMaps = this.follow('/api/v1/configmaps', {
      labelSelector: `!${REVISION_OF_LABEL}`,
      representation: 'metadata',
      pageSize: PAGE_OF_CONFIG_MAPS,
      entryOf: (_, { resourceVersion }) => ({ version: resourceVersion, since: performance.now() }),
      onEntry: ({ namespace, name }) => {
        for (const key of this.index.readersOf(namespace, name)) this.listener?.group(key);
        // A revision that is missing may be made now.
        const base = baseKey(namespace, baseOf(name));
        if (this.index.named(base).length > 0) this.listener?.base(base, false);
      },
    });
    this.revisions = this.follow('/api/v1/configmaps', {
      labelSelector: REVISION_OF_LABEL,
      representation: 'metadata',
      entryOf: revisionEntry,
      onEntry: (change) => {
        this.revisionChanged(change);
      },
    });
    this.pods = this.follow('/api/v1/pods', {
      labelSelector: FUNCTION_LABEL,
      entryOf: podOf,
      onEntry: ({ namespace, before, after }) => {
        for (const name of before?.names ?? []) this.podsOfRevision.delete(`${namespace}/${name}`, before?.uid ?? '');
        for (const name of after?.names ?? []) this.podsOfRevision.add(`${namespace}/${name}`, after?.uid ?? '');
        this.holderSeen(before?.holder, after?.holder);
      },
    });
    for (const kind of STAMPED_KINDS) if (!kind.optional) this.followKind(kind);
  }

  start(): void {
    for (const reflector of this.all()) reflector.start();
    void this.probeOptional();
  }

  /** From now on, what changes is reported; and once everything that is there. */
  listen(listener: ViewListener): () => void {
    this.listener = listener;
    for (const key of this.index.groupKeys()) listener.group(key);
    const bases = new Set([...this.index.namedBaseKeys(), ...this.revisionsOfBase.keys()]);
    for (const key of bases) listener.base(key, true);
    return () => {
      this.listener = undefined;
    };
  }

  synced(): boolean {
    return [...this.all()].every((reflector) => reflector.synced());
  }

  problems(): readonly string[] {
    return this.all().flatMap((reflector) => reflector.problem() ?? []);
  }

  async stop(): Promise<void> {
    this.ended.abort();
    clearTimeout(this.probe);
    await Promise.all(this.all().map((reflector) => reflector.stop()));
  }

  isNamedByPod(namespace: string, name: string): boolean {
    return this.podsOfRevision.has(`${namespace}/${name}`);
  }

  /** The revisions with a base that exist. */
  existing(key: string): readonly KnownRevision[] {
    const namespace = key.slice(0, key.indexOf('/'));
    return [...this.revisionsOfBase.of(key)].flatMap((name) => this.revisions.get(namespace, name) ?? []);
  }

  /** Bases of the revisions of a namespace. */
  bases(namespace: string): readonly string[] {
    return [...this.revisionsOfBase.keys()].filter((key) => key.startsWith(`${namespace}/`));
  }

  private all(): readonly Followed[] {
    return [this.namespaces, this.configMaps, this.revisions, this.pods, ...this.kinds.values()];
  }

  private follow<Entry>(
    path: string,
    options: Omit<ReflectorOptions<Entry>, 'server' | 'logger' | 'path'>,
  ): Reflector<Entry> {
    return new Reflector<Entry>({ ...this.options, path, ...options });
  }

  private followKind(kind: StampedKind): Reflector<Holder> {
    const reflector = this.follow<Holder>(collectionOf(kind), {
      ...(kind.labelled && { labelSelector: FUNCTION_LABEL }),
      entryOf: (object, metadata) => holderOf(kind, object, metadata),
      onEntry: ({ before, after }) => {
        this.holderSeen(before, after);
      },
    });
    this.kinds.set(kind, reflector);
    return reflector;
  }

  /** Follows kinds that need a CRD as soon as it is there. */
  private async probeOptional(): Promise<void> {
    for (const kind of STAMPED_KINDS.filter((each) => each.optional && !this.kinds.has(each))) {
      try {
        await this.options.server.list(collectionOf(kind), { limit: '1' }, this.ended.signal);
        if (!this.ended.signal.aborted) this.followKind(kind).start();
      } catch {
        // 404 until the CRD is there, 403 if nobody granted it.
      }
    }
    if (this.ended.signal.aborted) return;
    this.probe = setTimeout(() => void this.probeOptional(), PROBE_MILLISECONDS).unref();
  }

  private namespaceChanged(namespace: string): void {
    const { listener, index } = this;
    if (listener === undefined) return;
    for (const key of index.groupKeys()) if (key.startsWith(`${namespace} `)) listener.group(key);
    for (const key of index.namedBaseKeys()) if (key.startsWith(`${namespace}/`)) listener.base(key, false);
  }

  private revisionChanged({ namespace, name, before, after }: EntryChange<KnownRevision>): void {
    const key = baseKey(namespace, (after ?? before)?.base ?? '');
    this.revisionsOfBase[after === undefined ? 'delete' : 'add'](key, name);
    // One that somebody deleted may be needed at once.
    this.listener?.base(key, after === undefined && this.index.naming(namespace, name).length > 0);
  }

  private holderSeen(before: Holder | undefined, after: Holder | undefined): void {
    this.index.change(before, after);
    if (!isSameHolder(before, after)) this.holderChanged(before, after);
  }

  private holderChanged(before: Holder | undefined, after: Holder | undefined): void {
    for (const holder of [before, after]) {
      if (holder === undefined || this.listener === undefined) continue;
      const { namespace, kind, stamp } = holder;
      const group = kind.rolls && !isOwned(holder) ? groupKey(holder) : undefined;
      if (group !== undefined) this.listener.group(group);
      const isMissing = (name: string): boolean => this.revisions.get(namespace, name) === undefined;
      const isUrgent = holder === after && stamp !== undefined && namesOf(stamp).some(isMissing);
      for (const base of namedBases(holder)) this.listener.base(baseKey(namespace, base), isUrgent);
      for (const base of sourceBases(holder)) this.listener.base(baseKey(namespace, base), false);
    }
  }
}

function isEnding(object: object): boolean {
  const metadata: unknown = 'metadata' in object ? object.metadata : undefined;
  return isObject(metadata) && typeof metadata.deletionTimestamp === 'string';
}

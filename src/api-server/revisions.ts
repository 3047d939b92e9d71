import type { NotStored, Revisions } from '../admission/revisions.ts';
import type { ConfigMapFiles } from '../function/config-maps.ts';
import { REVISION_OF_LABEL } from '../function/keys.ts';
import { storedFiles, storedLock, type ReadLock, type StoredObject } from '../revision/stored.ts';
import { Arrivals } from './arrivals.ts';
import { parseMetadata, textsOf } from './metadata.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';

export interface FollowedRevisions extends Required<Pick<Revisions, 'files' | 'lock' | 'areStored' | 'untilStored'>> {
  readonly problem: () => string | undefined;
  readonly stop: () => Promise<void>;
}

/** One object of the API server, or why there is none. */
export type Ask = (
  path: string,
) => Promise<
  { readonly object: object } | { readonly type: 'missing' } | { readonly type: 'unreachable'; readonly reason: string }
>;

export interface RevisionOptions extends Pick<ReflectorOptions<never>, 'server' | 'logger' | 'backoffMilliseconds'> {
  readonly ask: Ask;
  /** Bytes of what is kept in memory, about. */
  readonly mostBytes?: number;
}

type Read = ConfigMapFiles | ReadLock;

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads revisions. That one is there is known from a copy of the metadata of all; its content is asked for once and kept for as
 * long as there is room, as it cannot change while the object is the same.
 *
 * Needs `get`, `list` and `watch` on configmaps.
 */
export function followRevisions({ ask, mostBytes = MOST_BYTES, ...options }: RevisionOptions): FollowedRevisions {
  const known = new Reflector<string>({
    ...options,
    path: '/api/v1/configmaps',
    labelSelector: REVISION_OF_LABEL,
    representation: 'metadata',
    entryOf: uidOf,
    onEntry: ({ namespace, after }) => {
      if (after !== undefined) arrivals.arrived(namespace);
    },
  });
  const arrivals = new Arrivals({ isThere: (namespace, name) => known.get(namespace, name) !== undefined });
  known.start();
  const contents = new Contents(mostBytes);
  const asked = new Map<string, ReturnType<Ask>>();

  /** Replicas that start together ask once. */
  const askTogether = (path: string): ReturnType<Ask> => {
    const before = asked.get(path);
    if (before !== undefined) return before;
    const answer = ask(path).finally(() => asked.delete(path));
    asked.set(path, answer);
    return answer;
  };

  const read = async <Wanted extends Read>(
    namespace: string,
    name: string,
    type: Wanted['type'],
    parse: (name: string, object: StoredObject) => Wanted | NotStored,
  ): Promise<Wanted | NotStored> => {
    const key = `${type} ${namespace}/${name}`;
    const kept = contents.get(key, known.get(namespace, name));
    if (kept !== undefined && isOf<Wanted>(kept, type)) return kept;
    const answer = await askTogether(
      `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`,
    );
    if (!('object' in answer)) return answer;
    const parsed = parse(name, storedObject(answer.object));
    if (isOf<Wanted>(parsed, type)) contents.set(key, uidOf(answer.object), parsed);
    return parsed;
  };

  return {
    files: (namespace, name) => read<ConfigMapFiles>(namespace, name, 'files', storedFiles),
    lock: (namespace, name) => read<ReadLock>(namespace, name, 'lock', storedLock),
    areStored: (namespace, names) => arrivals.areThere(namespace, names),
    untilStored: (namespace, names) => arrivals.until(namespace, names),
    problem: () => known.problem(),
    stop: () => {
      arrivals.stop();
      return known.stop();
    },
  };
}

const isOf = <Wanted extends Read>(value: Read | NotStored, type: Wanted['type']): value is Wanted =>
  value.type === type;

function uidOf(object: object): string {
  const metadata: unknown = 'metadata' in object ? object.metadata : undefined;
  const uid: unknown = typeof metadata === 'object' && metadata !== null && 'uid' in metadata ? metadata.uid : '';
  return typeof uid === 'string' ? uid : '';
}

const storedObject = (object: object): StoredObject => ({
  labels: parseMetadata(object)?.labels ?? {},
  immutable: 'immutable' in object && object.immutable === true,
  data: textsOf('data' in object ? object.data : undefined),
  binaryData: textsOf('binaryData' in object ? object.binaryData : undefined),
});

/** Contents of immutable objects; those that were not asked for in the longest time are forgotten. */
class Contents {
  readonly #mostBytes: number;
  readonly #kept = new Map<string, { readonly uid: string; readonly content: Read; readonly bytes: number }>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** @param uid of the object that has the name now; a new object may have other content */
  get(key: string, uid: string | undefined): Read | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.uid !== uid) return undefined;
    // A Map keeps the order of insertion.
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.content;
  }

  set(key: string, uid: string, content: Read): void {
    this.#forget(key);
    const bytes = bytesOf(content);
    this.#kept.set(key, { uid, content, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}

/** Besides the content about as much as an entry itself takes. */
const ENTRY_BYTES = 1024;

function bytesOf(content: Read): number {
  if (content.type === 'lock') {
    return ENTRY_BYTES + (content.lock.kind === 'lock' ? 2 * content.lock.text.length : 0);
  }
  let bytes = ENTRY_BYTES;
  for (const file of content.files.values()) bytes += file.byteLength;
  return bytes;
}

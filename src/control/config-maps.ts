import { ApiError, type ApiServer } from '../api-server/api-server.ts';
import { configMapSource } from '../api-server/config-map-source.ts';
import { within } from '../api-server/deadline.ts';
import { parseMetadata, textsOf } from '../api-server/metadata.ts';
import { filesOfConfigMap, type ConfigMapData } from '../function/files.ts';
import type { ConfigMapSource } from '../function/config-maps.ts';
import { REFRESH_ANNOTATION } from '../function/keys.ts';
import { valueAt } from '../manifests/templates.ts';
import { refreshOf } from '../function/source-state.ts';
import { parseRecord, type RecordedReleases } from '../revision/recorded-releases.ts';
import { holdsRevision } from '../revision/snapshot.ts';
import { storedFiles, storedLock, type StoredObject } from '../revision/stored.ts';
import type { StoredLock } from '../revision/stored-lock.ts';

/** A ConfigMap as it is now. */
export interface ReadConfigMap {
  readonly object: object;
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  readonly isEnding: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly isImmutable: boolean;
  /** Of its annotation; of a lock, the number that it was resolved for. */
  readonly refresh: number;
  readonly content: ConfigMapData;
}

export const GET_MILLISECONDS = 10_000;

export const configMapsPath = (namespace: string): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;

/** @returns undefined if it does not exist. @throws if nobody knows */
export async function readConfigMap(
  server: Pick<ApiServer, 'get'>,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<ReadConfigMap | undefined> {
  const path = `${configMapsPath(namespace)}/${encodeURIComponent(name)}`;
  try {
    const object = await within(signal, GET_MILLISECONDS, (deadline) => server.get(path, {}, deadline));
    if (typeof object !== 'object' || object === null) throw new Error(`${path}: the answer is not an object`);
    return configMapOf(object, name);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** @param object as the API server sends it */
export function configMapOf(object: object, name: string): ReadConfigMap {
  const metadata = parseMetadata(object);
  const { uid, deletionTimestamp } = 'metadata' in object ? textsOf(object.metadata) : {};
  const annotations = textsOf(valueAt(object, ['metadata', 'annotations']));
  return {
    object,
    name,
    uid: uid ?? '',
    isEnding: deletionTimestamp !== undefined,
    version: metadata?.resourceVersion ?? '',
    labels: metadata?.labels ?? {},
    refresh: refreshOf(annotations[REFRESH_ANNOTATION]),
    isImmutable: 'immutable' in object && object.immutable === true,
    content: {
      data: textsOf('data' in object ? object.data : undefined),
      binaryData: textsOf('binaryData' in object ? object.binaryData : undefined),
    },
  };
}

/** As a source. */
export function sourceOf({ object }: ReadConfigMap): ConfigMapSource {
  const metadata = parseMetadata(object);
  return metadata === undefined
    ? { type: 'unreachable', reason: 'the answer is not a ConfigMap' }
    : configMapSource(object, metadata)();
}

/** Whether it is the snapshot of files with such a digest, which nobody can change. */
export function isSnapshot(read: ReadConfigMap, digest: string): boolean {
  const files = storedFiles(read.name, storedObject(read));
  return files.type === 'files' && files.digest === digest;
}

/** @returns undefined if it is not a lock of a revision */
export function storedLockOf(read: ReadConfigMap): StoredLock | undefined {
  const lock = storedLock(read.name, storedObject(read));
  return lock.type === 'lock' ? lock.lock : undefined;
}

/** What the revision of a lock recorded of its versions. */
export function recordIn(read: ReadConfigMap): RecordedReleases | undefined {
  const { labels, isImmutable, name, content } = read;
  if (!isImmutable || !holdsRevision(labels, 'lock')) return undefined;
  const files = filesOfConfigMap(name, content);
  return 'findings' in files ? undefined : parseRecord(files.files);
}

export const storedObject = ({ labels, isImmutable, content }: ReadConfigMap): StoredObject => ({
  labels,
  immutable: isImmutable,
  ...content,
});

/** Bytes that its texts need in memory, about. */
export const sizeOfContent = ({ data = {}, binaryData = {} }: ConfigMapData): number =>
  [...Object.values(data), ...Object.values(binaryData)].reduce((sum, text) => sum + 2 * text.length, 0);

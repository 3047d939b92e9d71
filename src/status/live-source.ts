/** What a Function's source is now, and what the revision is that its template names. */
import type { Answer } from '../api-server/answer.ts';
import { text } from '../kubernetes/fields.ts';
import { digestOf, filesOfConfigMap, sortedFiles, type SourceFiles } from '../function/files.ts';
import { REFRESH_ANNOTATION } from '../function/keys.ts';
import { lockFileNames } from '../dependencies/lock-files.ts';
import { parseRecord, type RecordedReleases } from '../revision/recorded-releases.ts';
import { parseStoredLock, withLock, type StoredLock } from '../revision/stored-lock.ts';
import type { Stamp } from '../function/stamp.ts';
import { refreshOf, type SourcePart } from '../function/source-state.ts';
import type { Get } from './cluster-objects.ts';
import { textsAt } from './workload.ts';

/** One ConfigMap as a source. */
export interface ReadPart {
  readonly part: SourcePart;
  readonly files: SourceFiles;
  readonly refresh: number;
  readonly created: string;
}

/** @returns the ConfigMap, or why there is none */
async function readPart(get: Get, namespace: string, name: string): Promise<ReadPart | Failure> {
  const answer = await get(
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`,
  );
  if (!answer.ok) return answer;
  const { object } = answer;
  const read = filesOfConfigMap(name, { data: textsAt(object, 'data'), binaryData: textsAt(object, 'binaryData') });
  if ('findings' in read) {
    return { ok: false, status: 422, message: read.findings.map(({ problem }) => problem).join('; ') };
  }
  return {
    part: { name, digest: digestOf(read.files) },
    files: read.files,
    refresh: refreshOf(textsAt(object, 'metadata', 'annotations')[REFRESH_ANNOTATION]),
    created: text(object, 'metadata', 'creationTimestamp'),
  };
}

export type Failure = Extract<Answer, { readonly ok: false }>;
export const isFailure = (value: object): value is Failure => 'ok' in value;

/** @returns undefined if one of the ConfigMaps cannot be read */
export async function readParts(
  get: Get,
  namespace: string,
  names: readonly string[],
): Promise<readonly ReadPart[] | Failure> {
  const parts: ReadPart[] = [];
  for (const name of names) {
    const part = await readPart(get, namespace, name);
    if (isFailure(part)) return part;
    parts.push(part);
  }
  return parts;
}

/** What a stamp names. */
export interface StoredRevision {
  /** Undefined for a commit, whose files are in the repository only. */
  readonly files: SourceFiles | undefined;
  /** The same without the lock. */
  readonly code: SourceFiles | undefined;
  readonly lock: StoredLock | undefined;
  /** What it recorded of its versions. */
  readonly record: RecordedReleases | undefined;
  /** When it was stored; undefined for a commit without a lock. */
  readonly created: string | undefined;
}

export async function readRevision(get: Get, namespace: string, stamp: Stamp): Promise<StoredRevision | Failure> {
  const parts = stamp.code.type === 'files' ? await readParts(get, namespace, stamp.code.names) : [];
  if (isFailure(parts)) return parts;
  const stored = stamp.lock === undefined ? undefined : await readPart(get, namespace, stamp.lock);
  const kept = stored === undefined || isFailure(stored) ? undefined : stored;
  const lock = kept && parseStoredLock(kept.files, lockFileNames());
  const record = kept && parseRecord(kept.files);
  const [first] = parts;
  const created = first?.created ?? kept?.created;
  if (first === undefined) return { files: undefined, code: undefined, lock, record, created };
  const code = merged(parts);
  return { files: lock === undefined ? code : withLock(code, lock), code, lock, record, created };
}

/** The files of several ConfigMaps as one source. */
export const merged = (parts: readonly ReadPart[]): SourceFiles =>
  sortedFiles(new Map(parts.flatMap(({ files }) => [...files])));

/** A lock as a ConfigMap holds it. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { sortedFiles, type ConfigMapData, type SourceFiles } from '../function/files.ts';
import { isObject } from '../kubernetes/object.ts';
import { isRecord } from './recorded-releases.ts';
import { isRefusalCode, type RefusalCode } from '../outcome/codes.ts';

/** What was resolved once for a revision, or why there is nothing. */
export type StoredLock =
  /** The author's own lock may be installed: its versions are old enough. */
  | { readonly kind: 'checked' }
  /** Nothing may be installed: neither this lock nor another. */
  | RefusedLock
  | { readonly kind: 'lock'; readonly file: string; readonly text: string }
  | { readonly kind: 'none'; readonly problem: string; readonly fix: string; readonly details: readonly string[] };

export interface RefusedLock {
  readonly kind: 'refused';
  /** Of the first finding; absent if it is not about one of them. */
  readonly code?: RefusalCode;
  readonly problem: string;
  readonly fix: string;
  /** A finding each. */
  readonly details: readonly string[];
  /** When it is tried again, ISO 8601; absent if time does not help. */
  readonly until?: string | undefined;
  /** What refused it, see refused-by.ts. */
  readonly by?: string | undefined;
}

/** Keys of a ConfigMap for the verdict on a lock; no lock has these names. */
const REFUSED = 'refused.json';
const CHECKED = 'checked.json';
/** A key of a ConfigMap that stands for the reason; no lock has this name. */
const REASON = 'no-lock.json';
/** Lines of a reason. */
const MOST_DETAILS = 50;
const COMPRESSED = '.gz';
/** Characters up to which a lock stays readable with kubectl. */
const LONGEST_PLAIN = 128 * 1024;
/** Bytes of a lock, unpacked: as much as a source itself may have, many times over. */
const LARGEST_LOCK = 16 * 1024 * 1024;
/** Bytes of a ConfigMap, less room for its metadata. */
export const LARGEST_CONTENT = 1024 * 1024 - 32 * 1024;

/** @returns undefined for a lock that is too large for a ConfigMap even if it is compressed */
export function contentOf(lock: StoredLock): ConfigMapData | undefined {
  if (lock.kind === 'checked') return { data: { [CHECKED]: '{}' } };
  if (lock.kind === 'refused') {
    const { code, problem, fix, details, until, by } = lock;
    const reason = { problem, fix, details: details.slice(0, MOST_DETAILS), until, code, by };
    return { data: { [REFUSED]: JSON.stringify(reason) } };
  }
  if (lock.kind === 'none') {
    const { problem, fix, details } = lock;
    return { data: { [REASON]: JSON.stringify({ problem, fix, details: details.slice(0, MOST_DETAILS) }) } };
  }
  if (lock.text.length <= LONGEST_PLAIN) return { data: { [lock.file]: lock.text } };
  const packed = gzipSync(lock.text, { level: 9 }).toString('base64');
  return packed.length > LARGEST_CONTENT ? undefined : { binaryData: { [lock.file + COMPRESSED]: packed } };
}

/**
 * Reads a lock, of the API or as the kubelet mounts it.
 *
 * @param files key to content
 * @param known the names that a lock may have
 * @returns undefined for what `contentOf` does not write
 */
export function parseStoredLock(files: SourceFiles, known: readonly string[]): StoredLock | undefined {
  const [entry, ...more] = [...files].filter(([name]) => !isRecord(name));
  if (entry === undefined || more.length > 0) return undefined;
  const [key, content] = entry;
  if (key === REASON) return parseReason(Buffer.from(content).toString('utf8'));
  if (key === CHECKED) return { kind: 'checked' };
  if (key === REFUSED) return parseRefusal(Buffer.from(content).toString('utf8'));
  const isCompressed = key.endsWith(COMPRESSED);
  const file = isCompressed ? key.slice(0, -COMPRESSED.length) : key;
  if (!known.includes(file)) return undefined;
  const text = isCompressed ? unpacked(content) : Buffer.from(content);
  return text === undefined ? undefined : { kind: 'lock', file, text: text.toString('utf8') };
}

function unpacked(content: Uint8Array): Buffer | undefined {
  try {
    return gunzipSync(content, { maxOutputLength: LARGEST_LOCK });
  } catch {
    return undefined;
  }
}

function parseReason(text: string): StoredLock | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const { problem, fix, details } = value;
    if (typeof problem !== 'string' || typeof fix !== 'string' || !isDetails(details)) return undefined;
    return { kind: 'none', problem, fix, details };
  } catch {
    return undefined;
  }
}

/** What cannot be read is a refusal all the same. */
function parseRefusal(text: string): StoredLock {
  const reason = parseReason(text);
  if (reason?.kind !== 'none') {
    const problem = 'the dependencies of this revision are refused, and the reason cannot be read';
    return { kind: 'refused', problem, fix: 'roll the Function out again', details: [] };
  }
  const { problem, fix, details } = reason;
  const value: unknown = JSON.parse(text);
  const { until, code, by } = isObject(value) ? value : {};
  return {
    kind: 'refused',
    ...(isRefusalCode(code) && { code }),
    problem,
    fix,
    details,
    ...(typeof until === 'string' && { until }),
    ...(typeof by === 'string' && { by }),
  };
}

const isDetails = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= MOST_DETAILS && value.every((line) => typeof line === 'string');

/** A source with the lock of its revision in the place of its own, if it has one. */
export function withLock(files: SourceFiles, lock: StoredLock): SourceFiles {
  if (lock.kind !== 'lock') return files;
  return sortedFiles(new Map(files).set(lock.file, Buffer.from(lock.text)));
}

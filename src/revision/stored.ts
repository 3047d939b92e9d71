/** ConfigMaps that hold revisions, as they are read. */
import { createHash } from 'node:crypto';
import type { ConfigMapFiles } from '../function/config-maps.ts';
import { digestOf, filesOfConfigMap, type ConfigMapData } from '../function/files.ts';
import { lockFileNames } from '../dependencies/lock-files.ts';
import { isNamedBy } from '../function/revision-name.ts';
import { holdsRevision } from './snapshot.ts';
import { parseStoredLock, type StoredLock } from './stored-lock.ts';

export interface StoredObject extends ConfigMapData {
  readonly labels: Readonly<Record<string, string>>;
  readonly immutable: boolean;
}

export interface ReadLock {
  readonly type: 'lock';
  readonly lock: StoredLock;
  /** Stands for the content. */
  readonly digest: string;
}

/** In place of what a name stands for: a ConfigMap that is something else has the name. */
export const TAKEN = { type: 'taken' } as const;
export type Taken = typeof TAKEN;

/** The files of a revision: those that its name was made of, and nobody can change them. */
export function storedFiles(name: string, object: StoredObject): ConfigMapFiles | Taken {
  if (!object.immutable || !holdsRevision(object.labels, 'files')) return TAKEN;
  const read = filesOfConfigMap(name, object);
  if ('findings' in read) return TAKEN;
  const digest = digestOf(read.files);
  // The source is judged before it is stored, whether or not it has the label.
  return isNamedBy(digest, name)
    ? { type: 'files', name, files: read.files, digest, labelled: true, refresh: 0 }
    : TAKEN;
}

/** A lock of the controller; its name stands for what it was resolved from, not for the text. */
export function storedLock(name: string, object: StoredObject): ReadLock | Taken {
  if (!object.immutable || !holdsRevision(object.labels, 'lock')) return TAKEN;
  const read = filesOfConfigMap(name, object);
  const lock = 'findings' in read ? undefined : parseStoredLock(read.files, lockFileNames());
  if (lock === undefined) return TAKEN;
  const digest = createHash('sha256').update(JSON.stringify(lock)).digest('hex');
  return { type: 'lock', lock, digest };
}

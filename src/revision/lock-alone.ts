import { isJsonObject } from '../json/object.ts';
import { sortedFiles, type SourceFiles } from '../function/files.ts';
import type { StoredLock } from './stored-lock.ts';

/**
 * A lock of the controller as a source of its own, for what is in it: of a Git source nobody else has the files. The root of
 * npm's lock says what package.json asks for.
 */
export function filesOfLockAlone({ file, text }: Extract<StoredLock, { readonly kind: 'lock' }>): SourceFiles {
  const files = new Map([[file, Buffer.from(text)]]);
  if (file.endsWith('.json')) files.set('package.json', Buffer.from(JSON.stringify(rootOf(text))));
  return sortedFiles(files);
}

function rootOf(text: string): unknown {
  try {
    const lock: unknown = JSON.parse(text);
    const packages = isJsonObject(lock) && isJsonObject(lock.packages) ? lock.packages : {};
    return packages[''] ?? {};
  } catch {
    return {};
  }
}

import path from 'node:path';
import { withoutEndingSlashes } from '../function/slashes.ts';

/**
 * A path as the command line names it, without what says nothing: `./shop/` is `shop`, and `.\\shop` is `shop` on Windows, whose
 * programs take both slashes.
 *
 * @param system how this machine writes paths
 */
export function plainPath(name: string, system: Pick<typeof path, 'normalize' | 'sep' | 'parse'> = path): string {
  const normal = system.normalize(name);
  // A drive without its slash is whatever folder is current on it.
  const { root } = system.parse(normal);
  const plain = normal === root ? normal : withoutEndingSlashes(normal.split(system.sep).join('/'));
  return plain.split(system.sep).join('/');
}

/** A file of a folder, as messages name it: below `.` it is the file alone. */
export const fileIn = (folder: string, file: string): string => (folder === '.' ? file : `${folder}/${file}`);

/** The code of an error of the file system; anything else is a fault of ours. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}

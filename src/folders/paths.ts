import path from 'node:path';
import { withoutEndingSlashes } from '../function/slashes.ts';

/** A path as the command line names it, without what says nothing: `./shop/` is `shop`. */
export const plainPath = (name: string): string => withoutEndingSlashes(path.normalize(name)) || '/';

/** A file of a folder, as messages name it: below `.` it is the file alone. */
export const fileIn = (folder: string, file: string): string => (folder === '.' ? file : `${folder}/${file}`);

/** The code of an error of the file system; anything else is a fault of ours. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}

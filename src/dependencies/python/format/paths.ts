import type { SourceFiles } from '../../../function/files.ts';

/** The files of a source and its folders, so that a path is looked up once. */
export interface SourceTree {
  readonly files: SourceFiles;
  readonly folders: ReadonlySet<string>;
}

/** The source's own folder is the empty path. */
export function treeOf(files: SourceFiles): SourceTree {
  const folders = new Set(['']);
  for (const file of files.keys()) {
    for (let folder = folderOf(file); !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
  }
  return { files, folders };
}

/**
 * Where a path leads inside the source.
 *
 * @param folder of the source in which it begins; empty for the source's own
 * @param folders of the source, if it may have links: behind a link `..` leads out of what the link points to, not back
 * @returns the path without `.` and `..`, empty for the source's folder itself; undefined if it leads outside
 */
export function resolveInside(folder: string, path: string, folders?: ReadonlySet<string>): string | undefined {
  if (path.startsWith('/')) return undefined;
  const segments = folder === '' ? [] : folder.split('/');
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.length === 0 || folders?.has(segments.join('/')) === false) return undefined;
    else segments.pop();
  }
  return segments.join('/');
}

/** Folder of a file of the source; empty for the source's own. */
export const folderOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf('/')));

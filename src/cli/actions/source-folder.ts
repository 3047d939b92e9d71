import { access, constants, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { LOCK_FILES } from '../../dependencies/lock-files.ts';
import { codeOf } from '../../folders/paths.ts';
import type { SourceFiles } from '../../function/files.ts';
import { LANGUAGES } from '../../function/languages.ts';
import type { Problem } from '../../outcome/problem.ts';
import { FolderFiles } from '../../pod/files/folder-files.ts';

/** A folder with code and dependency files, without any manifest. */
export interface SourceFolder {
  /** As the command line names it; empty for the current folder. */
  readonly folder: string;
  readonly files: SourceFiles;
  /** Files with dependencies that the user may not read. */
  readonly unreadable: readonly Problem[];
}

const DEPENDENCY_FILES = LANGUAGES.values().flatMap(({ dependencyFiles }) => dependencyFiles);

/** What others made, and what no Function is served with. */
const LEFT_OUT = new Set(['node_modules', '.git', '.venv', 'venv', '__pycache__']);

/**
 * Opens what `-f` names as the folder of a source: a folder that has a dependency file in it, or such a file itself.
 *
 * @returns undefined if it is none, but manifests
 */
export async function openSourceFolder(name: string): Promise<SourceFolder | undefined> {
  if (name === '-') return undefined;
  const folder = DEPENDENCY_FILES.includes(path.basename(name)) ? path.dirname(name) : name;
  const entries = await stat(folder).then(
    async (found) => (found.isDirectory() ? await readdir(folder) : []),
    (): string[] => [],
  );
  if (!DEPENDENCY_FILES.some((file) => entries.includes(file))) return undefined;
  const readable: string[] = [];
  const unreadable: Problem[] = [];
  for (const file of (await filesBelow(folder, '')).sort()) {
    const code = await access(path.join(folder, file), constants.R_OK).then(() => undefined, codeOf);
    if (code === undefined) readable.push(file);
    else if (isOfDependencies(file)) {
      const problem = `the file cannot be read (${code})`;
      unreadable.push({ file: path.posix.join(folder, file), problem, fix: 'make it readable' });
    }
  }
  const plain = path.posix.normalize(folder);
  return { folder: plain === '.' ? '' : plain, files: new FolderFiles(folder, readable), unreadable };
}

/** Nothing else of a source is read for its dependencies. */
const isOfDependencies = (file: string): boolean => LOCK_FILES.values().some(({ isRead }) => isRead(file));

async function filesBelow(top: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(path.join(top, folder), { withFileTypes: true }).catch((error: unknown) => {
    // The folder itself was listed before; one below it that may not be read is not part of the source.
    if (folder !== '' && codeOf(error) === 'EACCES') return [];
    throw error;
  });
  for (const entry of entries) {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!LEFT_OUT.has(entry.name)) found.push(...(await filesBelow(top, file)));
    } else if (!entry.isSymbolicLink() || (await isFile(path.join(top, file)))) found.push(file);
  }
  return found;
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

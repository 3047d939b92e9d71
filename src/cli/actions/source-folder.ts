import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFiles } from '../../function/files.ts';
import { LANGUAGES } from '../../function/languages.ts';
import { FolderFiles } from '../../pod/files/folder-files.ts';

/** A folder with code and dependency files, without any manifest. */
export interface SourceFolder {
  /** As the command line names it; empty for the current folder. */
  readonly folder: string;
  readonly files: SourceFiles;
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
  const files = await filesBelow(folder, '');
  const plain = path.posix.normalize(folder);
  return { folder: plain === '.' ? '' : plain, files: new FolderFiles(folder, files.sort()) };
}

async function filesBelow(top: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(path.join(top, folder), { withFileTypes: true })) {
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

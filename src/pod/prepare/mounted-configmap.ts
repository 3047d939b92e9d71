import { chmod, readFile, readdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type SourceEntry, type SourceFiles, collectFiles } from '../../function/files.ts';
import { formatFinding } from '../../outcome/finding.ts';
import { type Refusal, refuse } from '../program/refusal.ts';
import { makeFolder } from '../files/tree.ts';

/** The kubelet keeps the files of a volume in a dated folder, and this link to the one in force. */
const DATA_LINK = '..data';
const TRIES = 3;

/**
 * Reads a ConfigMap as the kubelet mounts it.
 *
 * @param from folder of the mount
 * @param name of the ConfigMap, for messages
 */
export async function readMountedConfigMap(from: string, name: string): Promise<SourceFiles | Refusal> {
  const entries = await readEntries(from);
  const collected = collectFiles(name, entries);
  return 'files' in collected ? collected.files : refuse(collected.findings.map(formatFinding).join('\n'));
}

async function readEntries(from: string): Promise<SourceEntry[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // Through the dated folder, so that an update in the middle gives the old files or the new ones, never both.
      const folder = await realpath(path.join(from, DATA_LINK)).catch(() => from);
      const keys = (await readdir(folder)).filter((key) => !key.startsWith('..')).sort();
      return await Promise.all(
        keys.map(async (key) => ({
          key,
          list: 'data' as const,
          content: await readFile(path.join(folder, key)),
        })),
      );
    } catch (error) {
      // The kubelet removed the dated folder while it was read.
      const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!gone || attempt === TRIES) throw error;
    }
  }
}

/** Writes a source into a folder that does not exist yet, so that any user can read it. */
export async function writeFiles(files: SourceFiles, folder: string): Promise<void> {
  await makeFolder(folder);
  const made = new Set<string>();
  for (const [file, content] of files) {
    const parents = file.split('/').slice(0, -1);
    for (const [index] of parents.entries()) {
      const parent = path.join(folder, ...parents.slice(0, index + 1));
      if (made.has(parent)) continue;
      await makeFolder(parent);
      made.add(parent);
    }
    const target = path.join(folder, file);
    await writeFile(target, content);
    await chmod(target, 0o644);
  }
}

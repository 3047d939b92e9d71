import { chmod, copyFile, lstat, mkdir, readdir, readlink, realpath, symlink } from 'node:fs/promises';
import path from 'node:path';
import { type Api, APIS } from '../../function/api.ts';
import { type Refusal, refuse } from '../program/refusal.ts';

export interface TreeCopy {
  /** Paths with `/`, relative to the tree, sorted; links included. */
  readonly files: readonly string[];
  /** Links that point to nothing. */
  readonly leftOut: readonly string[];
}

const FOLDER_MODE = 0o755;
const FILE_MODE = 0o644;

/**
 * Copies a folder, dotfiles and links included, so that any user can read the copy. A link may point only to what is in
 * the folder: what it means elsewhere is another thing in this Pod.
 *
 * @param skip names that are left out wherever they stand
 */
export async function copyTree(
  from: string,
  to: string,
  skip: ReadonlySet<string> = new Set(),
): Promise<TreeCopy | Refusal> {
  const top = await realpath(from);
  const files: string[] = [];
  const leftOut: string[] = [];

  async function copyFolder(folder: string): Promise<Refusal | undefined> {
    await makeFolder(path.join(to, folder));
    const entries = await readdir(path.join(top, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (skip.has(entry.name)) continue;
      const relative = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        const refusal = await copyFolder(relative);
        if (refusal !== undefined) return refusal;
      } else if (entry.isSymbolicLink()) {
        const refusal = await copyLink(relative);
        if (refusal !== undefined) return refusal;
      } else if (entry.isFile()) {
        await copyPlainFile(path.join(top, relative), path.join(to, relative));
        files.push(relative);
      } else {
        return refuse(`${relative} of the source is not a file, folder or link; remove it from the source`);
      }
    }
    return undefined;
  }

  async function copyLink(relative: string): Promise<Refusal | undefined> {
    const link = path.join(top, relative);
    const target = await readlink(link);
    const end = await realpath(link).catch(() => undefined);
    if (end === undefined) {
      leftOut.push(relative);
      return undefined;
    }
    if (path.isAbsolute(target) || (end !== top && !end.startsWith(top + path.sep))) {
      return refuse(
        `the link ${relative} of the source leads out of the source, to ${target}; put a copy of the file there instead`,
      );
    }
    await symlink(target, path.join(to, relative));
    files.push(relative);
    return undefined;
  }

  const refusal = await copyFolder('.');
  return refusal ?? { files: files.sort(), leftOut };
}

/**
 * Copies one of our own folders, which is readable as it is: hundreds of files, which a start waits for. A folder NAME-API
 * is for Functions of that API alone.
 */
export async function copyPrograms(from: string, to: string, api: Api): Promise<void> {
  const others = APIS.filter((each) => each !== api).map((each) => `-${each}`);
  await makeFolder(to);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      if (others.some((ending) => entry.name.endsWith(ending))) return;
      const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
      // A copy has the mode of the original.
      await (entry.isDirectory() ? copyPrograms(source, target, api) : copyFile(source, target));
    }),
  );
}

/** Makes a folder that every user can read, whatever the umask. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder);
  await chmod(folder, FOLDER_MODE);
}

async function copyPlainFile(from: string, to: string): Promise<void> {
  const { mode } = await lstat(from);
  await copyFile(from, to);
  await chmod(to, (mode & 0o111) === 0 ? FILE_MODE : FOLDER_MODE);
}

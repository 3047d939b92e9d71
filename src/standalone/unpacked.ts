import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Writes the folder `pod` of a build into the user's cache, once for each build.
 *
 * @param build what tells it from other builds, safe in a file name
 * @returns the folder that has `pod`, absolute
 */
export async function unpacked(from: string, build: string): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const folder = path.join(cache, 'buildless', 'toolkit', build);
  if (existsSync(folder)) return folder;
  await mkdir(path.dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(`${folder}.`);
  try {
    await copy(path.join(from, 'pod'), path.join(unfinished, 'pod'));
    // Another process may have been as far first: then its folder is as good.
    await rename(unfinished, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** File by file: what is inside of the program is not a file system that could be copied as one. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await copy(source, target);
    else await writeFile(target, await readFile(source));
  }
}

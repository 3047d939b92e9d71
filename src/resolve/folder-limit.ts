/**
 * Ends a job whose folder grows too large: a container that exceeds the sizeLimit of an emptyDir takes its whole Pod with it.
 * Looked at once a second, so the limit has to be well below that of the volume.
 */
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

const LOOK_MILLISECONDS = 1000;

export interface FolderLimit {
  /** Aborted if the folder grew too large. */
  readonly exceeded: AbortSignal;
  readonly stop: () => void;
}

export function limitFolder(folder: string, mostBytes: number): FolderLimit {
  const controller = new AbortController();
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    if ((await sizeOfFolder(folder, mostBytes)) > mostBytes) controller.abort();
    looking = false;
  };
  const timer = setInterval(() => void look(), LOOK_MILLISECONDS);
  return {
    exceeded: controller.signal,
    stop: () => {
      clearInterval(timer);
    },
  };
}

/**
 * Bytes on the disk, a block for each file and folder at least. A file that vanishes meanwhile counts for nothing.
 *
 * @param enough where counting ends
 */
export async function sizeOfFolder(folder: string, enough = Infinity): Promise<number> {
  let size = 0;
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined && size <= enough; next = folders.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = path.join(next, entry.name);
      if (entry.isDirectory()) folders.push(file);
      const found = await lstat(file).catch(() => undefined);
      size += Math.max(BLOCK, found?.size ?? 0);
      if (size > enough) return size;
    }
  }
  return size;
}

const BLOCK = 4096;

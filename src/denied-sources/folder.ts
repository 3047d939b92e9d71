import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

const MOST_CHILDREN = 100;

/**
 * Stands for the state of a mounted folder at little cost: kubelet, git-sync and image volumes replace it as a whole, by a
 * link that leads elsewhere. A file that is written in place is seen in the folder itself and one level below it.
 */
export async function stateOfFolder(folder: string): Promise<string> {
  try {
    const real = await realpath(folder);
    const own = await stat(real);
    const names = own.isDirectory() ? (await readdir(real)).sort().slice(0, MOST_CHILDREN) : [];
    const children = await Promise.all(
      names.map(async (name) => {
        const whole = path.join(real, name);
        return `${await realpath(whole)} ${(await stat(whole)).mtimeMs}`;
      }),
    );
    return [real, own.mtimeMs, ...children].join('\n');
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : String(error)}`;
  }
}

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * The file that is there while Git changes the files of a work tree: a checkout of many files pauses in its midst.
 * https://git-scm.com/docs/git-update-index, https://git-scm.com/docs/gitrepository-layout
 *
 * @returns undefined if the folder is not in a work tree
 */
export async function gitLockOf(folder: string): Promise<string | undefined> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const git = path.join(at, '.git');
    const facts = await stat(git).catch(() => undefined);
    if (facts?.isDirectory() === true) return path.join(git, 'index.lock');
    // A worktree or a submodule: a file that names the folder.
    const named = facts?.isFile() === true ? await readFile(git, 'utf8').catch(() => '') : '';
    if (named.startsWith('gitdir: ')) return path.resolve(at, named.slice('gitdir: '.length).trim(), 'index.lock');
    if (at === path.dirname(at)) return undefined;
  }
}

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './kubectl.ts';

/** The last commit of version 0.1.0. */
export const OLDER_COMMIT = '2911575ad025f8e9bf607710dc2183b437be3b84';

export interface OlderVersion {
  readonly version: string;
  readonly command: string;
  /** deploy/install.yaml of that version. */
  readonly manifests: string;
}

/**
 * Version 0.1.0, built from its commit, once for each machine.
 *
 * @returns why it cannot be had
 */
export async function olderVersion(): Promise<OlderVersion | { readonly reason: string }> {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'buildless/versions');
  const kept = path.join(cache, OLDER_COMMIT.slice(0, 12));
  if (!existsSync(kept)) {
    mkdirSync(cache, { recursive: true });
    const reason = await withOlderSource((folder) => build(folder, kept));
    if (reason !== undefined) return { reason };
  }
  return {
    version: '0.1.0',
    command: path.join(kept, 'dist/buildless.mjs'),
    manifests: readFileSync(path.join(kept, 'deploy/install.yaml'), 'utf8'),
  };
}

/**
 * Does something with the files of the commit, in a folder that is removed afterwards.
 *
 * @returns why the commit cannot be had
 */
export async function withOlderSource(use: (folder: string) => Promise<void>): Promise<string | undefined> {
  const reason = await fetchCommit();
  if (reason !== undefined) return reason;
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-0.1.0-'));
  try {
    const archive = path.join(folder, 'source.tar');
    await git('archive', '--output', archive, OLDER_COMMIT);
    await run('tar', ['-xf', archive], { cwd: folder });
    rmSync(archive);
    await use(folder);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const run = promisify(execFile);
const git = (...args: readonly string[]): Promise<unknown> => run('git', args, { cwd: ROOT });

/** A shallow clone has not the commit; its server may. */
async function fetchCommit(): Promise<string | undefined> {
  for (const attempt of [
    ['cat-file', '-e', `${OLDER_COMMIT}^{commit}`],
    ['fetch', '--quiet', '--depth=1', 'origin', OLDER_COMMIT],
  ]) {
    try {
      await git(...attempt);
      return undefined;
    } catch {
      // The next one may.
    }
  }
  return `the commit ${OLDER_COMMIT} of version 0.1.0 is neither in this clone nor can it be fetched: git fetch --unshallow`;
}

async function build(folder: string, kept: string): Promise<void> {
  const at = { cwd: folder, maxBuffer: 2 ** 26 };
  // Two of its dependencies name no Node.js as new as 26; they run with it.
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false'], at);
  await run(process.execPath, ['scripts/build.mjs'], at);
  const fresh = mkdtempSync(`${kept}-`);
  for (const name of ['dist', 'deploy']) await run('cp', ['-R', path.join(folder, name), fresh]);
  renameSync(fresh, kept);
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './kubectl.ts';

/** The last commit of version 0.1.0. */
const COMMIT = '2911575ad025f8e9bf607710dc2183b437be3b84';

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
export function olderVersion(): OlderVersion | { readonly reason: string } {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'buildless/versions');
  const kept = path.join(cache, COMMIT.slice(0, 12));
  if (!existsSync(kept)) {
    const reason = fetchCommit();
    if (reason !== undefined) return { reason };
    mkdirSync(cache, { recursive: true });
    build(kept);
  }
  return {
    version: '0.1.0',
    command: path.join(kept, 'dist/buildless.mjs'),
    manifests: readFileSync(path.join(kept, 'deploy/install.yaml'), 'utf8'),
  };
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** A shallow clone has not the commit; its server may. */
function fetchCommit(): string | undefined {
  for (const attempt of [
    ['cat-file', '-e', `${COMMIT}^{commit}`],
    ['fetch', '--quiet', '--depth=1', 'origin', COMMIT],
  ]) {
    try {
      git(...attempt);
      return undefined;
    } catch {
      // The next one may.
    }
  }
  return `the commit ${COMMIT} of version 0.1.0 is neither in this clone nor can it be fetched: git fetch --unshallow`;
}

function build(kept: string): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-0.1.0-'));
  try {
    const archive = path.join(folder, 'source.tar');
    git('archive', '--output', archive, COMMIT);
    const at = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[] };
    execFileSync('tar', ['-xf', archive], at);
    // Two of its dependencies name no Node.js as new as 26; they run with it.
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false'], at);
    execFileSync(process.execPath, ['scripts/build.mjs'], at);
    const fresh = mkdtempSync(`${kept}-`);
    for (const name of ['dist', 'deploy']) execFileSync('cp', ['-R', path.join(folder, name), fresh]);
    renameSync(fresh, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startRegistry } from './pod/install/fake-registry.ts';
import { writeTree } from './pod/pod-programs.ts';

/** A repository behind a web server, as files (git's "dumb" protocol). */
export interface ServedRepository {
  /** As package.json names it, with its commit. */
  readonly spec: string;
  readonly commit: string;
  readonly close: () => Promise<void>;
}

/** Serves a repository with one commit. @param programs files that can be executed */
export async function serveRepository(
  files: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>> = {},
): Promise<ServedRepository> {
  const folder = await mkdtemp(path.join(tmpdir(), 'buildless-repository-'));
  await writeTree(folder, { ...files, ...programs });
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  const git = (...args: string[]): string =>
    execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  for (const program of Object.keys(programs)) git('update-index', '--chmod=+x', program);
  git('commit', '--quiet', '--message=All');
  git('update-server-info');
  const commit = git('rev-parse', 'HEAD').trim();
  const server = await startRegistry((place, response) => {
    const file = path.join(
      folder,
      '.git',
      path.posix.join('/', new URL(place, 'http://host').pathname.replace('/repository.git', '')),
    );
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  return {
    spec: `git+${server.address}repository.git#${commit}`,
    commit,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

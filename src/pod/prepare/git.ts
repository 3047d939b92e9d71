import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { GitReference } from '../../function/source.ts';
import { type GitCredentials, prepareCredentials } from './git-credentials.ts';
import { explainGit } from './git-failure.ts';
import { NETWORK_VARIABLES, type ProgramEnd, pickEnvironment, runProgram } from './program.ts';
import { createRedactor, type Redactor } from './redaction.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';

export interface Checkout {
  /** The folder that the source names, in the clone. */
  readonly folder: string;
  readonly commit: string;
}

export interface GitSurroundings {
  /** Folder of the mounted credentials. */
  readonly auth: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly stop: AbortSignal;
}

/** For one Git command; a server that stalls is given up much earlier. */
const TIMEOUT_SECONDS = 300;
const COMMIT = /^[0-9a-f]{40}$/;

/** Nothing of the repository, the image or a home folder may run a program or change what Git does. */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.symlinks=true',
  'core.autocrlf=false',
  'credential.helper=',
  'fetch.recurseSubmodules=false',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.detachedHead=false',
  'init.defaultBranch=none',
  // Less than a byte a second for half a minute.
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=30',
].flatMap((setting) => ['-c', setting]);

/**
 * Checks one commit out, with as little of its history as the server allows.
 *
 * @param clone folder to work in; made here
 */
export async function checkOut(
  source: GitReference,
  clone: string,
  surroundings: GitSurroundings,
): Promise<Checkout | Refusal> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'buildless-git-'));
  let close: GitCredentials['close'];
  try {
    const credentials = await prepareCredentials(source, surroundings.auth, scratch);
    if (isRefusal(credentials)) return credentials;
    ({ close } = credentials);
    const git = createGit(clone, scratch, credentials, surroundings);
    const redact = createRedactor(credentials.secrets);
    const failed = (end: ProgramEnd): Refusal => refuse(whyFailed(end, source, surroundings, redact));

    const initialised = await git(['init', '--quiet', '--template=', '--', clone], tmpdir());
    if (initialised.code !== 0) return failed(initialised);
    const fetched = await fetchRevision(source, git, (line) => {
      surroundings.log(redact(line));
    });
    if ('end' in fetched) return failed(fetched.end);
    const checkedOut = await git(['checkout', '--quiet', '--detach', '--force', fetched.revision, '--']);
    if (checkedOut.code !== 0) return failed(checkedOut);
    const head = await git(['rev-parse', 'HEAD']);
    if (head.code !== 0) return failed(head);
    const folder = await findFolder(source, clone);
    return isRefusal(folder) ? folder : { folder: folder.path, commit: head.stdout.trim() };
  } finally {
    await close?.();
    await rm(scratch, { recursive: true, force: true });
  }
}

type Git = (args: readonly string[], directory?: string) => Promise<ProgramEnd>;

function createGit(clone: string, scratch: string, credentials: GitCredentials, surroundings: GitSurroundings): Git {
  const env = {
    ...pickEnvironment(surroundings.environment, ['PATH', ...NETWORK_VARIABLES, 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH']),
    ...credentials.env,
    HOME: scratch,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'https:ssh',
    GIT_ATTR_NOSYSTEM: '1',
  };
  return async (args, directory = clone) =>
    await runProgram({
      command: 'git',
      args: [...SETTINGS, ...args],
      directory,
      env,
      timeoutSeconds: TIMEOUT_SECONDS,
      stop: surroundings.stop,
    });
}

/** Fetches the one commit, and more only where the server gives it no other way. */
async function fetchRevision(
  source: GitReference,
  git: Git,
  log: (line: string) => void,
): Promise<{ readonly revision: string } | { readonly end: ProgramEnd }> {
  const wanted = source.ref ?? 'HEAD';
  const options = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules'];
  const shallow = await git([...options, '--depth=1', '--', source.url, wanted]);
  if (shallow.code === 0) return { revision: 'FETCH_HEAD' };
  if (/dumb http transport|does not support shallow/.test(shallow.stderr)) {
    log('the server cannot give a single commit; fetching the history too');
    const end = await git([...options, '--', source.url, wanted]);
    return end.code === 0 ? { revision: 'FETCH_HEAD' } : { end };
  }
  if (COMMIT.test(wanted) && /not our ref|unadvertised object|couldn't find remote ref/.test(shallow.stderr)) {
    log('the server does not give this commit by itself; fetching all branches and tags');
    const end = await git([...options, '--', source.url, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']);
    return end.code === 0 ? { revision: wanted } : { end };
  }
  return { end: shallow };
}

async function findFolder(source: GitReference, clone: string): Promise<{ readonly path: string } | Refusal> {
  if (source.directory === undefined) return { path: clone };
  const folder = await realpath(path.join(clone, source.directory)).catch(() => undefined);
  const inside = folder?.startsWith((await realpath(clone)) + path.sep) === true;
  if (folder === undefined || !inside || !(await stat(folder)).isDirectory()) {
    return refuse(
      `the repository ${source.url} has no folder "${source.directory}"; correct dir= in buildless.dev/source`,
    );
  }
  return { path: folder };
}

function whyFailed(end: ProgramEnd, source: GitReference, surroundings: GitSurroundings, redact: Redactor): string {
  if (end.startError === 'ENOENT') return 'the toolkit image has no git; use the image that belongs to this version';
  const stderr = redact(end.stderr);
  for (const line of stderr.split('\n')) if (line !== '') surroundings.log(`git: ${line}`);
  if (surroundings.stop.aborted) return 'the Pod was told to stop';
  if (end.timedOut) {
    return `git did not finish within ${TIMEOUT_SECONDS} s; see that ${new URL(source.url).host} answers, or name a smaller repository`;
  }
  return explainGit(stderr, source, surroundings.auth !== undefined);
}

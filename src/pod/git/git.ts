import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isFullCommit, type GitReference } from '../../function/source.ts';
import { type GitCredentials, prepareCredentials } from './credentials.ts';
import { explainGit, mayPass } from './failure.ts';
import type { ProgramContext } from '../program/context.ts';
import { NETWORK_VARIABLES, type ProgramEnd, pickEnvironment, runProgram } from '../program/run-program.ts';
import { createRedactor, type Redactor } from '../program/redaction.ts';
import { isRefusal, refuse, type Refusal } from '../program/refusal.ts';

export interface Checkout {
  /** The folder that the source names, in the clone. */
  readonly folder: string;
  readonly commit: string;
}

export interface GitContext extends ProgramContext {
  /** Folder of the mounted credentials. */
  readonly auth: string | undefined;
  /** Characters of what Git prints; absent: as many as it likes. */
  readonly mostOutput?: number;
}

/** Why Git failed, and whether it may succeed at another time. */
export interface GitRefusal extends Refusal {
  readonly temporary?: true;
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
  context: GitContext,
): Promise<Checkout | GitRefusal> {
  return await withGit(source, clone, context, async ({ git, redact, failed }) => {
    const initialised = await git(['init', '--quiet', '--template=', '--', clone], tmpdir());
    if (initialised.code !== 0) return failed(initialised);
    const fetched = await fetchRevision(source, git, (line) => {
      context.log(redact(line));
    });
    if ('end' in fetched) return failed(fetched.end);
    const checkedOut = await git(['checkout', '--quiet', '--detach', '--force', fetched.revision, '--']);
    if (checkedOut.code !== 0) return failed(checkedOut);
    const head = await git(['rev-parse', 'HEAD']);
    if (head.code !== 0) return failed(head);
    const folder = await findFolder(source, clone);
    return isRefusal(folder) ? folder : { folder: folder.path, commit: head.stdout.trim() };
  });
}

/** Asks the server which commit the reference of a source names, and fetches nothing. */
export async function lookUp(
  source: GitReference,
  context: GitContext,
): Promise<{ readonly commit: string } | GitRefusal> {
  const wanted = source.ref ?? 'HEAD';
  if (isFullCommit(wanted)) return { commit: wanted };
  return await withGit(source, tmpdir(), context, async ({ git, failed }) => {
    // In the order in which "git fetch" understands a name (gitrevisions(7)); ^{} is the commit of an annotated tag.
    const names = [wanted, `refs/${wanted}`, `refs/tags/${wanted}^{}`, `refs/tags/${wanted}`, `refs/heads/${wanted}`];
    const end = await git(['ls-remote', '--quiet', '--', source.url, ...names]);
    if (end.code !== 0) return failed(end);
    const commits = new Map(
      end.stdout.split('\n').map((line) => {
        const [commit = '', name = ''] = line.split('\t');
        return [name, commit];
      }),
    );
    const commit = names.map((name) => commits.get(name)).find((found) => found !== undefined && isFullCommit(found));
    if (commit !== undefined) return { commit };
    return refuse(explainGit("couldn't find remote ref", source, context.auth !== undefined));
  });
}

interface OpenGit {
  readonly git: Git;
  readonly redact: Redactor;
  readonly failed: (end: ProgramEnd) => GitRefusal;
}

/** Works with Git as long as its credentials are there. @param directory in which Git runs unless another is given */
async function withGit<Result>(
  source: GitReference,
  directory: string,
  context: GitContext,
  work: (open: OpenGit) => Promise<Result>,
): Promise<Result | GitRefusal> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'buildless-git-'));
  let close: GitCredentials['close'];
  try {
    const credentials = await prepareCredentials(source, context.auth, scratch);
    if (isRefusal(credentials)) return credentials;
    ({ close } = credentials);
    const redact = createRedactor(credentials.secrets);
    const failed = (end: ProgramEnd): GitRefusal => ({
      ...refuse(whyFailed(end, source, context, redact)),
      ...((end.timedOut || mayPass(end.stderr)) && { temporary: true }),
    });
    return await work({ git: createGit(directory, scratch, credentials, context), redact, failed });
  } finally {
    await close?.();
    await rm(scratch, { recursive: true, force: true });
  }
}

type Git = (args: readonly string[], directory?: string) => Promise<ProgramEnd>;

function createGit(folder: string, scratch: string, credentials: GitCredentials, context: GitContext): Git {
  const env = {
    ...pickEnvironment(context.environment, ['PATH', ...NETWORK_VARIABLES, 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH']),
    ...credentials.env,
    HOME: scratch,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'https:ssh',
    GIT_ATTR_NOSYSTEM: '1',
  };
  return async (args, directory = folder) =>
    await runProgram({
      command: 'git',
      args: [...SETTINGS, ...args],
      directory,
      env,
      timeoutSeconds: TIMEOUT_SECONDS,
      stop: context.stop,
      ...(context.mostOutput !== undefined && { mostOutput: context.mostOutput }),
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
    log('the server does not offer this commit; fetching all branches and tags');
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

function whyFailed(end: ProgramEnd, source: GitReference, context: GitContext, redact: Redactor): string {
  if (end.startError === 'ENOENT') return 'the toolkit image has no git; use the image that belongs to this version';
  const stderr = redact(end.stderr);
  for (const line of stderr.split('\n')) if (line !== '') context.log(`git: ${line}`);
  if (context.stop.aborted) return 'the Pod was asked to stop';
  if (end.timedOut) {
    return `git did not finish within ${TIMEOUT_SECONDS} s; see that ${new URL(source.url).host} answers, or name a smaller repository`;
  }
  return explainGit(stderr, source, context.auth !== undefined);
}

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SourceFiles } from '../function/files.ts';
import { checkOut, lookUp, type GitRefusal, type GitContext } from '../pod/git/git.ts';
import { isRefusal } from '../pod/program/refusal.ts';
import { copyTree } from '../pod/files/tree.ts';
import { permanent } from './failure.ts';
import type { JobPlace } from './job-place.ts';
import type { Failure, GitJob } from './resolver.ts';
import { LARGEST_FILES, MOST_FILES } from './wire.ts';

/** Keys of a Secret that Git reads; the others stay where they are. */
const KEYS = ['username', 'password', 'ssh-privatekey', 'known_hosts'];

export async function resolveCommit(
  { source, auth }: GitJob,
  place: JobPlace,
): Promise<{ readonly commit: string } | Failure> {
  const found = await lookUp(source, await gitContext(auth, place));
  return isRefusal(found) ? failureOf(found) : found;
}

/** The files as `buildless-prepare` would have them. */
export async function resolveFiles(
  { source, auth, commit }: GitJob & { readonly commit: string },
  place: JobPlace,
): Promise<{ readonly files: SourceFiles } | Failure> {
  const clone = path.join(place.folder, 'clone');
  const checkout = await checkOut({ ...source, ref: commit }, clone, await gitContext(auth, place));
  if (isRefusal(checkout)) return failureOf(checkout);
  const copy = path.join(place.folder, 'files');
  const tree = await copyTree(checkout.folder, copy, new Set(['.git']));
  if (isRefusal(tree)) return failureOf(tree);
  if (tree.files.length > MOST_FILES) return tooLarge(source.url, `more than ${MOST_FILES} files`);
  const files = new Map<string, Uint8Array>();
  let size = 0;
  for (const file of tree.files) {
    const found = await stat(path.join(copy, file));
    // A link to a folder is listed with the files.
    if (!found.isFile()) continue;
    size += found.size;
    if (size > LARGEST_FILES) return tooLarge(source.url, `more than ${LARGEST_FILES / 1024 / 1024} MiB`);
    files.set(file, await readFile(path.join(copy, file)));
  }
  return { files };
}

const tooLarge = (url: string, what: string): Failure =>
  permanent(
    `the source of ${url} has ${what}, which is too much to resolve a lock for it`,
    'name a smaller folder with dir= in buildless.dev/source, or commit a lock ("buildless lock")',
  );

async function gitContext(auth: GitJob['auth'], place: JobPlace): Promise<GitContext> {
  const { stop, environment, mostOutput } = place;
  return { auth: await writeAuth(auth, place.folder), environment, log: () => undefined, stop, mostOutput };
}

/** As the kubelet mounts a Secret. */
async function writeAuth(auth: GitJob['auth'], folder: string): Promise<string | undefined> {
  if (auth === undefined) return undefined;
  const mount = path.join(folder, 'auth');
  await mkdir(mount, { mode: 0o700 });
  for (const key of KEYS) {
    const content = auth.get(key);
    if (content !== undefined) await writeFile(path.join(mount, key), content, { mode: 0o600 });
  }
  return mount;
}

/** A refusal is a sentence for the status of a Pod, with its cure after the first semicolon. */
function failureOf({ refusal, temporary }: GitRefusal): Failure {
  const end = refusal.indexOf('; ');
  const [problem, fix] = end === -1 ? [refusal, 'correct the source'] : [refusal.slice(0, end), refusal.slice(end + 2)];
  return { problem, fix, details: [], temporary: temporary === true };
}

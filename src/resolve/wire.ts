/** Jobs and answers as JSON: what goes over the socket between client.ts and server.ts. Both sides check what they get. */
import * as z from 'zod';
import type { SourceFiles } from '../function/files.ts';
import { PROXY_VARIABLES, type ProxyVariables } from '../installers/proxies.ts';
import { languageNames } from '../function/languages.ts';
import { isFullCommit, type GitReference } from '../function/source.ts';
import { lockFileNames, resolverFiles } from '../dependencies/lock-files.ts';
import type { Failure, GitJob, LockJob, ResolvedLock } from './resolver.ts';

/** Paths of the server. */
export const WIRE_PATHS = { lock: '/lock', commit: '/commit', files: '/files', health: '/healthz' } as const;

/** Bytes of a job: the manifests of a source of several ConfigMaps in base64, and a lock. */
export const LARGEST_JOB = 48 * 1024 * 1024;
/** Bytes of the files that a resolver gives of a Git source. */
export const LARGEST_FILES = 32 * 1024 * 1024;
export const MOST_FILES = 20_000;
/** Bytes of an answer: those files in base64, and their names. */
export const LARGEST_ANSWER = 64 * 1024 * 1024;
const LARGEST_LOCK = 16 * 1024 * 1024;
const LONGEST_LINE = 2000;
const MOST_DETAILS = 50;

/** A path below a folder: relative, without `..`. */
const isInside = (file: string): boolean =>
  file.length <= 4096 &&
  !file.includes('\0') &&
  !file.includes('\\') &&
  file.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

const files = z
  .record(z.string(), z.base64())
  .refine((record) => Object.keys(record).every(isInside), 'a path leads out')
  .transform((record): SourceFiles => new Map(Object.entries(record).map(([file, text]) => [file, fromBase64(text)])));

const lock = z.object({ file: z.enum(lockFileNames()), text: z.string().max(LARGEST_LOCK) });

const proxies = z.partialRecord(z.enum(PROXY_VARIABLES), z.string()).optional();

const lockJob = z.object({
  name: z.string().regex(/^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/),
  language: z.enum(languageNames()),
  version: z.string().regex(/^\d+(?:\.\d+)*$/),
  registries: z.array(z.string()),
  registry: z.string().optional(),
  refresh: z.int(),
  files,
  registrySettings: z.string().optional(),
  previous: lock.optional(),
  proxies,
});

const gitJob = z.object({
  url: z.string().refine(isGitAddress, 'not a Git address over https or ssh'),
  ref: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_./+@-]*$/)
    .optional(),
  directory: z.string().refine(isInside, 'the folder leads out').optional(),
  auth: z.record(z.string(), z.base64()).optional(),
  commit: z.string().refine(isFullCommit, 'not all digits of a commit').optional(),
  proxies,
});

function isGitAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, password, username, hostname } = new URL(text);
  if (password !== '' || hostname === '') return false;
  return protocol === 'ssh:' || (protocol === 'https:' && username === '');
}

/** @returns a job as JSON */
export function writeLockJob({ name, inputs, registrySettings, previous, proxies }: LockJob): string {
  const { language, version, settings, registry, refresh } = inputs;
  const job: z.input<typeof lockJob> = {
    name,
    language,
    version,
    registries: [...settings.registries],
    ...(registry !== undefined && { registry }),
    refresh,
    // The rest of the source has no part in it.
    files: toBase64(resolverFiles(inputs.files, language)),
    ...(registrySettings !== undefined && { registrySettings }),
    ...(previous !== undefined && isKnownLock(previous) && { previous }),
    ...given(proxies),
  };
  return JSON.stringify(job);
}

/** @returns undefined for what `writeLockJob` does not write */
export function readLockJob(value: unknown): LockJob | undefined {
  const parsed = lockJob.safeParse(value);
  if (!parsed.success) return undefined;
  const { name, registrySettings, previous, registries, registry, proxies, ...inputs } = parsed.data;
  const settings = { registries };
  return {
    name,
    inputs: { ...inputs, settings, ...(registry !== undefined && { registry }) },
    ...(registrySettings !== undefined && { registrySettings }),
    ...(previous !== undefined && { previous }),
    ...given(proxies),
  };
}

export function writeGitJob({ source, auth, commit, proxies }: GitJob & { readonly commit?: string }): string {
  const { url, ref, directory } = source;
  const job: z.input<typeof gitJob> = {
    url,
    ...(ref !== undefined && { ref }),
    ...(directory !== undefined && { directory }),
    ...(auth !== undefined && { auth: toBase64(auth) }),
    ...(commit !== undefined && { commit }),
    ...given(proxies),
  };
  return JSON.stringify(job);
}

/** @returns undefined for what `writeGitJob` does not write */
export function readGitJob(value: unknown): (GitJob & { readonly commit?: string }) | undefined {
  const parsed = gitJob.safeParse(value);
  if (!parsed.success) return undefined;
  const { url, ref, directory, auth, commit, proxies } = parsed.data;
  const source: GitReference = {
    type: 'git',
    url,
    ...(ref !== undefined && { ref }),
    ...(directory !== undefined && { directory }),
  };
  const keys = auth && new Map(Object.entries(auth).map(([key, text]) => [key, fromBase64(text)]));
  return {
    source,
    ...(keys !== undefined && { auth: keys }),
    ...(commit !== undefined && { commit }),
    ...given(proxies),
  };
}

const given = (set: ProxyVariables | undefined): { readonly proxies?: ProxyVariables } =>
  set === undefined ? {} : { proxies: set };

const failure = z.object({
  problem: z.string(),
  fix: z.string(),
  details: z.array(z.string()),
  temporary: z.boolean(),
});
/** What each path answers if nothing goes wrong. */
export const ANSWERS = {
  lock,
  commit: z.object({ commit: z.string().refine(isFullCommit) }),
  files: z.object({ files }),
} as const;

export const writeAnswer = (answer: ResolvedLock | { readonly commit: string } | Failure | WithFiles): string =>
  JSON.stringify('files' in answer ? { files: toBase64(answer.files) } : answer);

interface WithFiles {
  readonly files: SourceFiles;
}

/**
 * Reads an answer of the resolver, which handles what strangers wrote.
 *
 * @param expected a row of `ANSWERS`
 * @returns undefined for what it does not answer
 */
export function readAnswer<Answer>(expected: z.ZodType<Answer>, value: unknown): Answer | Failure | undefined {
  const refused = failure.safeParse(value);
  return refused.success ? shortened(refused.data) : expected.safeParse(value).data;
}

/** Messages end up in Events and ConfigMaps. */
export const shortened = ({ problem, fix, details, temporary }: Failure): Failure => ({
  problem: problem.slice(0, LONGEST_LINE),
  fix: fix.slice(0, LONGEST_LINE),
  details: details.slice(0, MOST_DETAILS).map((line) => line.slice(0, LONGEST_LINE)),
  temporary,
});

const isKnownLock = (given: ResolvedLock): given is z.input<typeof lock> => lock.safeParse(given).success;

const toBase64 = (contents: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries([...contents].map(([file, content]) => [file, Buffer.from(content).toString('base64')]));

const fromBase64 = (text: string): Uint8Array => Buffer.from(text, 'base64');

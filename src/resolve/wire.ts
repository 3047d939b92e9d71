/** Jobs and answers as JSON: what goes over the socket between client.ts and server.ts. Both sides check what they get. */
import * as z from 'zod';
import type { SourceFiles } from '../function/files.ts';
import { PROXY_VARIABLES, type ProxyVariables } from '../installers/proxies.ts';
import { languageNames } from '../function/languages.ts';
import { LIFTED_AGE_CODES, UNKNOWN_AGES, type LiftedAge, type ReleaseAgePolicy } from '../release-age/policy.ts';
import { isPublisher } from '../release-age/publisher.ts';
import type { Releases } from '../release-age/release.ts';
import { isFullCommit, type GitReference } from '../function/source.ts';
import { lockFileNames, resolverFiles } from '../dependencies/lock-files.ts';
import type { Failure, GitJob, LockJob, ResolvedLock } from './resolver.ts';

/** Paths of the server. */
export const WIRE_PATHS = {
  lock: '/lock',
  releases: '/releases',
  commit: '/commit',
  files: '/files',
  health: '/healthz',
} as const;

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

const longText = z.string().max(1000);
const releases = z.object({
  releases: z
    .array(
      z.object({
        name: longText,
        version: longText,
        published: longText.optional(),
        confirmed: z.literal(true).optional(),
        attested: z.boolean().optional(),
        publisher: longText.optional(),
        claimed: longText.optional(),
        unknown: longText.optional(),
        licence: longText.optional(),
        unlicensed: longText.optional(),
        changed: z.boolean().optional(),
      }),
    )
    .max(MOST_FILES),
  clock: z.iso.datetime().optional(),
});

const age = z.object({
  seconds: z.number().positive(),
  exceptions: z.array(z.string()),
  unknown: z.enum(UNKNOWN_AGES),
  // Those that apply now.
  lifted: z.array(z.object({ package: z.string(), code: z.enum(LIFTED_AGE_CODES) })).optional(),
});

const proxies = z.partialRecord(z.enum(PROXY_VARIABLES), z.string()).optional();

const lockJob = z.object({
  name: z.string().regex(/^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/),
  language: z.enum(languageNames()),
  version: z.string().regex(/^\d+(?:\.\d+)*$/),
  registries: z.array(z.string()),
  registry: z.string().optional(),
  refresh: z.int(),
  age: age.optional(),
  asks: z.literal(true).optional(),
  licences: z.literal(true).optional(),
  isAuthors: z.literal(true).optional(),
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
export function writeLockJob({ name, inputs, asks, licences, registrySettings, previous, proxies }: LockJob): string {
  const { language, version, settings, registry, refresh, rules, isAuthors } = inputs;
  const job: z.input<typeof lockJob> = {
    name,
    language,
    version,
    registries: [...settings.registries],
    ...(registry !== undefined && { registry }),
    refresh,
    // The other rules choose no versions.
    ...(rules?.age !== undefined && {
      age: { ...rules.age, exceptions: [...rules.age.exceptions], lifted: liftedNow(rules.age) },
    }),
    ...(asks !== undefined && { asks }),
    ...(licences !== undefined && { licences }),
    ...(isAuthors !== undefined && { isAuthors }),
    // The rest of the source has no part in it.
    files: toBase64(resolverFiles(inputs.files, language)),
    ...(registrySettings !== undefined && { registrySettings }),
    ...(previous !== undefined && isKnownLock(previous) && { previous: { file: previous.file, text: previous.text } }),
    ...given(proxies),
  };
  return JSON.stringify(job);
}

const liftedNow = ({ lifted = [] }: ReleaseAgePolicy): { package: string; code: LiftedAge['code'] }[] =>
  lifted.filter(({ ended }) => ended === undefined).map(({ package: name, code }) => ({ package: name, code }));

const ageOf = ({ lifted, ...policy }: z.output<typeof age>): ReleaseAgePolicy => ({
  ...policy,
  ...(lifted !== undefined && lifted.length > 0 && { lifted }),
});

/** @returns undefined for what `writeLockJob` does not write */
export function readLockJob(value: unknown): LockJob | undefined {
  const parsed = lockJob.safeParse(value);
  if (!parsed.success) return undefined;
  const {
    name,
    registrySettings,
    previous,
    registries,
    registry,
    proxies,
    age: policy,
    asks,
    licences,
    isAuthors,
    ...inputs
  } = parsed.data;
  const settings = { registries };
  return {
    name,
    inputs: {
      ...inputs,
      settings,
      ...(registry !== undefined && { registry }),
      ...(policy !== undefined && { rules: { age: ageOf(policy) } }),
      ...(isAuthors !== undefined && { isAuthors }),
    },
    ...(asks !== undefined && { asks }),
    ...(licences !== undefined && { licences }),
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
  lock: lock.extend({ releases: releases.optional() }).transform(({ releases: found, ...rest }) => ({
    ...rest,
    ...(found !== undefined && { releases: releasesOf(found) }),
  })),
  releases: releases.transform(releasesOf),
  commit: z.object({ commit: z.string().refine(isFullCommit) }),
  files: z.object({ files }),
} as const;

export const writeAnswer = (
  answer: ResolvedLock | Releases | { readonly commit: string } | Failure | WithFiles,
): string => JSON.stringify('files' in answer ? { files: toBase64(answer.files) } : answer);

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

/** Without keys that are undefined. */
function releasesOf({ releases: found, clock }: z.infer<typeof releases>): Releases {
  return {
    releases: found.map(
      ({
        name,
        version,
        published,
        confirmed,
        attested,
        publisher,
        claimed,
        unknown,
        licence,
        unlicensed,
        changed,
      }) => ({
        name,
        version,
        ...(published !== undefined && { published }),
        ...(confirmed !== undefined && { confirmed }),
        ...(attested !== undefined && { attested }),
        ...(isPublisher(publisher) && { publisher }),
        ...(claimed !== undefined && { claimed }),
        ...(unknown !== undefined && { unknown }),
        ...(licence !== undefined && { licence }),
        ...(unlicensed !== undefined && { unlicensed }),
        ...(changed !== undefined && { changed }),
      }),
    ),
    ...(clock !== undefined && { clock }),
  };
}

const isKnownLock = (given: ResolvedLock): given is z.input<typeof lock> => lock.safeParse(given).success;

const toBase64 = (contents: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries([...contents].map(([file, content]) => [file, Buffer.from(content).toString('base64')]));

const fromBase64 = (text: string): Uint8Array => Buffer.from(text, 'base64');

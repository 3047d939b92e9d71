/**
 * What the revisions controller asks of its resolver, which runs npm, uv and Git in a container of its own that has no token
 * (`buildless resolve`). client.ts is the controller's side.
 */
import type { SourceFiles } from '../function/files.ts';
import type { ProxyVariables } from '../installers/proxies.ts';
import type { GitReference } from '../function/source.ts';
import type { Releases } from '../release-age/release.ts';
import type { LockInputs } from '../revision/lock-inputs.ts';

/** What every job brings. */
interface Job {
  /** The administrator's, over those of the resolver's container. */
  readonly proxies?: ProxyVariables;
}

/** A source whose author brings no lock. */
export interface LockJob extends Job {
  /** The base of the lock's name. npm writes it into a lock if package.json has no name. */
  readonly name: string;
  readonly inputs: LockInputs;
  /** Set if what registries say about the versions is wanted. */
  readonly asks?: true;
  /** Set if their licences are wanted as well, which some registries are asked for by themselves. */
  readonly licences?: true;
  /** Content of the Secret's `.npmrc` or `pip.conf`. */
  readonly registrySettings?: string;
  /** The lock to start from: what it names stays as it is where it still fits. */
  readonly previous?: ResolvedLock;
}

export interface ResolvedLock {
  /** `package-lock.json` or `pylock.toml`. */
  readonly file: string;
  readonly text: string;
  /** What registries say about its versions, if the job asks. */
  readonly releases?: Releases;
}

export interface GitJob extends Job {
  readonly source: GitReference;
  /** Keys of the Secret that `buildless.dev/source-auth` names. */
  readonly auth?: ReadonlyMap<string, Uint8Array>;
}

/** Why there is nothing, without credentials. */
export interface Failure {
  readonly problem: string;
  readonly fix: string;
  /** What the tool itself printed. */
  readonly details: readonly string[];
  /** Worth another try: a registry or remote that cannot be reached, a resolver that is away or busy. */
  readonly temporary: boolean;
}

/** Never rejects: whatever goes wrong is a failure. */
export interface Resolver {
  lock(job: LockJob, signal: AbortSignal): Promise<ResolvedLock | Failure>;
  /** What registries say about the versions of the author's lock, which is among the files. */
  releases(job: LockJob, signal: AbortSignal): Promise<Releases | Failure>;
  /** The commit that a branch or tag names now (`git ls-remote`). */
  commit(job: GitJob, signal: AbortSignal): Promise<{ readonly commit: string } | Failure>;
  /** The files of one commit, of the folder that the source names. */
  files(
    job: GitJob & { readonly commit: string },
    signal: AbortSignal,
  ): Promise<{ readonly files: SourceFiles } | Failure>;
}

export const isFailure = (value: object): value is Failure => 'temporary' in value;

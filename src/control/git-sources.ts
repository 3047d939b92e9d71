import type { Configuration } from '../config/configuration.ts';
import { digestOf, type SourceFiles } from '../function/files.ts';
import { formatSource, isFullCommit, type GitReference } from '../function/source.ts';
import { CONTROL_NAME, SOURCE_READER } from '../installation/names.ts';
import { isFailure, type Failure, type GitJob, type Resolver } from '../resolve/resolver.ts';
import type { KnownSource } from './decision.ts';
import type { Holder } from './holder.ts';
import type { Unread } from './read-source.ts';
import { RecentValues } from './recent-values.ts';
import { sourceAuthOf } from './reference.ts';
import type { Secrets } from './secrets.ts';
import { Tasks } from './tasks.ts';

export interface GitSourcesOptions {
  readonly resolver: Resolver;
  readonly secrets: Secrets;
  readonly configuration: () => Pick<Configuration, 'git'>;
}

interface Lookup {
  /** What was found last; a failure keeps it. */
  readonly commit: string | undefined;
  readonly failure: Failure | undefined;
  /** On the own clock. */
  readonly due: number;
}

interface GitFiles {
  readonly type: 'files';
  readonly files: SourceFiles;
  readonly digest: string;
}

const LOOKUPS_AT_ONCE = 8;
const RECENT_BYTES = 32 * 1024 * 1024;
/** A remote that does not answer is asked again soon, unless the interval is shorter still. */
const RETRY_MILLISECONDS = 60_000;
/** A host may tell of a push before all of its servers know the commit. */
const UNSEEN_PUSH_MILLISECONDS = 10_000;

/** Follows branches and tags: one lookup for all that a namespace has of a branch, whatever the folder, every `git.intervalSeconds`. */
export class GitSources {
  private readonly lookups = new Map<string, Lookup>();
  /** When somebody told of a push that no lookup has seen yet, on the own clock. */
  private readonly pushes = new Map<string, number>();
  private readonly files = new RecentValues<GitFiles>(RECENT_BYTES);
  private readonly failures = new RecentValues<Failure>(1000);
  private readonly tasks = new Tasks({ atOnce: LOOKUPS_AT_ONCE });

  constructor(private readonly options: GitSourcesOptions) {}

  known(holder: Holder, reference: GitReference, again: () => void): KnownSource {
    const { ref } = reference;
    if (ref !== undefined && isFullCommit(ref)) return stateOf(ref, holder);
    const key = branchOf(holder, reference);
    const lookup = this.lookups.get(key);
    if (lookup === undefined || performance.now() >= lookup.due) {
      this.tasks.start(taskOf(key), (signal) => this.lookUp(key, holder, reference, signal), again);
    }
    if (lookup?.commit !== undefined) return stateOf(lookup.commit, holder);
    if (lookup?.failure === undefined) return { type: 'unknown' };
    const { problem, fix } = lookup.failure;
    return { type: 'missing', what: `${formatSource(reference)}: ${problem}`, fix };
  }

  /** Somebody pushed: the next look asks the remote, whatever the interval. */
  pushed(holder: Holder, reference: GitReference): void {
    const key = branchOf(holder, reference);
    const now = performance.now();
    this.pushes.set(key, now);
    const lookup = this.lookups.get(key);
    if (lookup !== undefined) this.lookups.set(key, { ...lookup, due: now });
  }

  /** Why a branch that was followed is not followed any more; what may pass soon is not told. */
  trouble(holder: Holder, reference: GitReference): string | undefined {
    const lookup = this.lookups.get(branchOf(holder, reference));
    if (lookup?.commit === undefined || lookup.failure === undefined || lookup.failure.temporary) return undefined;
    const { problem, fix } = lookup.failure;
    return `${formatSource(reference)}: ${problem}; ${fix}. The last commit that was found stays`;
  }

  /** In how many milliseconds a branch has to be looked up again; undefined while the remote is asked, who calls back. */
  due(holder: Holder, reference: GitReference): number | undefined {
    const key = branchOf(holder, reference);
    const lookup = this.lookups.get(key);
    if (lookup === undefined || this.tasks.isUnderWay(taskOf(key))) return undefined;
    return Math.max(0, lookup.due - performance.now());
  }

  read(holder: Holder, reference: GitReference, commit: string, again: () => void): GitFiles | Unread {
    const key = `${folderOf(holder, reference)} ${commit}`;
    const known = this.files.get(key);
    if (known !== undefined) return known;
    const failure = this.failures.get(key);
    if (failure !== undefined) {
      this.failures.delete(key);
      return { type: 'failed', note: [failure.problem, failure.fix].join('; ') };
    }
    this.tasks.start(
      `files ${key}`,
      async (signal) => {
        const answer = await this.fetch(holder, reference, commit, signal);
        if (isFailure(answer)) {
          this.failures.set(key, answer, 1);
          return;
        }
        const size = [...answer.files.values()].reduce((sum, content) => sum + content.byteLength, 0);
        this.files.set(key, answer, size);
      },
      again,
    );
    return { type: 'later' };
  }

  /** Reads a commit at once, and remembers nothing of it. */
  async fetch(
    holder: Holder,
    reference: GitReference,
    commit: string,
    signal: AbortSignal,
  ): Promise<GitFiles | Failure> {
    const answer = await this.ask(holder, reference, signal, (job) =>
      this.options.resolver.files({ ...job, commit }, signal),
    );
    if (isFailure(answer)) return answer;
    return { type: 'files', files: answer.files, digest: digestOf(answer.files) };
  }

  stop(): Promise<void> {
    return this.tasks.stop();
  }

  private async lookUp(key: string, holder: Holder, reference: GitReference, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const answer = await this.ask(holder, reference, signal, (job) => this.options.resolver.commit(job, signal));
    const failed = isFailure(answer);
    const before = this.lookups.get(key)?.commit;
    const commit = failed ? before : answer.commit;
    const wait = this.waitAfter(key, began, { failed, isUnchanged: commit === before });
    this.lookups.set(key, {
      commit,
      failure: failed ? answer : undefined,
      // Not all branches at the same moment.
      due: performance.now() + wait * (0.9 + Math.random() * 0.2),
    });
  }

  /** @param began when the remote was asked; a push since then may be missing in its answer */
  private waitAfter(
    key: string,
    began: number,
    found: { readonly failed: boolean; readonly isUnchanged: boolean },
  ): number {
    const pushed = this.pushes.get(key);
    if (pushed !== undefined && pushed >= began) return 0;
    this.pushes.delete(key);
    const interval = this.options.configuration().git.intervalSeconds * 1000;
    if (found.failed) return Math.min(interval, RETRY_MILLISECONDS);
    return pushed !== undefined && found.isUnchanged ? Math.min(interval, UNSEEN_PUSH_MILLISECONDS) : interval;
  }

  /** Asks with the credentials of the Function, and without any if its Secret is not to be read: the repository may be public. */
  private async ask<Answer extends object>(
    holder: Holder,
    source: GitReference,
    signal: AbortSignal,
    question: (job: GitJob) => Promise<Answer | Failure>,
  ): Promise<Answer | Failure> {
    const name = sourceAuthOf(holder);
    if (name === undefined) return question({ source });
    let auth: SourceFiles | undefined;
    try {
      auth = await this.options.secrets.read(holder.namespace, name, signal);
    } catch (error) {
      const problem = `the Secret ${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
      return { problem, fix: 'no action needed: it is tried again', details: [], temporary: true };
    }
    if (auth !== undefined) return question({ source, auth });
    const answer = await question({ source });
    if (!isFailure(answer) || answer.temporary) return answer;
    return {
      ...answer,
      problem: `${answer.problem}, and the controller cannot read the Secret ${name}`,
      fix: `create the Secret, and bind the ClusterRole ${SOURCE_READER} to the ServiceAccount ${CONTROL_NAME} in its namespace; until then each Pod fetches the source as it is when the Pod starts`,
    };
  }
}

/** A remote tells the commit of a branch, whatever the folder; what it tells depends on the credentials. */
const branchOf = (holder: Holder, { url, ref = '' }: GitReference): string =>
  `${holder.namespace} ${url} ${ref} ${sourceAuthOf(holder) ?? ''}`;

const taskOf = (branch: string): string => `commit ${branch}`;

const folderOf = (holder: Holder, reference: GitReference): string =>
  `${holder.namespace} ${formatSource(reference)} ${sourceAuthOf(holder) ?? ''}`;

const stateOf = (commit: string, { refresh }: Holder): KnownSource => ({
  type: 'known',
  state: { code: { type: 'commit', commit }, refresh },
  milliseconds: Infinity,
});

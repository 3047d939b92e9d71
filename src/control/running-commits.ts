/** What commits contain whose lock is their author's: nothing in the cluster has it, so it is read from the remote, once. */
import { basisOf, TooBusy, type SourceJudge } from '../admission/judgement.ts';
import type { Configuration } from '../config/configuration.ts';
import { sizeOfContents, type SourceContents } from '../denied/contents.ts';
import type { Language } from '../function/languages.ts';
import type { GitReference } from '../function/source.ts';
import { isFailure } from '../resolve/resolver.ts';
import type { GitSources } from './git-sources.ts';
import type { Holder } from './holder.ts';
import { RecentValues } from './recent-values.ts';
import { Tasks } from './tasks.ts';

export interface RunningCommitsOptions {
  readonly git: Pick<GitSources, 'fetch'>;
  readonly judge: SourceJudge;
  readonly configuration: () => Configuration;
  /** A commit of a namespace is known now. */
  readonly known: (namespace: string) => void;
}

/** Branches are followed meanwhile, and edits are rolled out. */
const AT_ONCE = 2;
/** 2,500 Functions with 100 packages each need a quarter of it. */
const REMEMBERED_BYTES = 32 * 1024 * 1024;
/** A remote is not asked more often for one commit: it is away, or there are more commits than are remembered. */
const AGAIN_MILLISECONDS = 10 * 60_000;
const BUSY_MILLISECONDS = 30_000;
const ASKED = 50_000;

/** Nobody knows yet. */
export const LATER = Symbol('later');

export class RunningCommits {
  private readonly contents = new RecentValues<SourceContents | null>(REMEMBERED_BYTES);
  /** When a commit was asked for last, on the own clock. */
  private readonly asked = new RecentValues<number>(ASKED);
  private readonly tasks = new Tasks({ atOnce: AT_ONCE });

  constructor(private readonly options: RunningCommitsOptions) {}

  /** @returns undefined if it contains nothing */
  of(
    workload: Holder,
    reference: GitReference,
    commit: string,
    language: Language,
  ): SourceContents | typeof LATER | undefined {
    const { namespace } = workload;
    const key = JSON.stringify([namespace, reference.url, reference.directory, commit, language]);
    const known = this.contents.get(key);
    if (known !== undefined) return known ?? undefined;
    const last = this.asked.get(key);
    if (last !== undefined && performance.now() - last < AGAIN_MILLISECONDS) return LATER;
    this.tasks.start(
      key,
      async (signal) => {
        this.asked.set(key, performance.now(), 1);
        const { git, judge, configuration } = this.options;
        const fetched = await git.fetch(workload, reference, commit, signal);
        if (isFailure(fetched)) return;
        const { files, digest } = fetched;
        const facts = await judge({ namespace, files, digest, basis: basisOf(configuration(), language) });
        if (facts instanceof TooBusy)
          this.asked.set(key, performance.now() - AGAIN_MILLISECONDS + BUSY_MILLISECONDS, 1);
        else this.contents.set(key, facts.contents ?? null, facts.contents ? sizeOfContents(facts.contents) : 100);
      },
      () => {
        this.options.known(namespace);
      },
    );
    return LATER;
  }

  stop(): Promise<void> {
    return this.tasks.stop();
  }
}

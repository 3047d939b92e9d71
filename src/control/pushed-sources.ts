/** What pushes mean for the workloads that follow a repository. */
import { concerns, type Pushed } from '../push/pushed.ts';
import type { GitSources } from './git-sources.ts';
import type { HolderIndex } from './holder-index.ts';
import { referenceOf } from './reference.ts';

export interface PushedSourcesOptions {
  readonly index: Pick<HolderIndex, 'followersOf' | 'group'>;
  readonly git: Pick<GitSources, 'pushed'>;
  /** Looks at workloads with one source. */
  readonly look: (group: string) => void;
}

/** A push that went on to be looked up. */
interface Recent {
  readonly count: number;
  /** The same was pushed again since. */
  isAgain: boolean;
  readonly timer: NodeJS.Timeout;
}

/** Pushes of the same branches within this time are looked up together, at its end. */
const TOGETHER_MILLISECONDS = 1000;

/** A thousand workloads may follow one repository, and a host may push a hundred times a second. */
export class PushedSources {
  private readonly recent = new Map<string, Recent>();

  constructor(private readonly options: PushedSourcesOptions) {}

  /** @returns how many workloads are looked up, now or within a second */
  look(push: Pushed): number {
    const key = JSON.stringify([[...push.repositories].sort(), push.refs && [...push.refs].sort()]);
    const recent = this.recent.get(key);
    if (recent !== undefined) {
      recent.isAgain = true;
      return recent.count;
    }
    const count = this.lookAtFollowers(push);
    if (count === 0) return count;
    const timer = setTimeout(() => {
      const { isAgain } = this.recent.get(key) ?? { isAgain: false };
      this.recent.delete(key);
      if (isAgain) this.look(push);
    }, TOGETHER_MILLISECONDS);
    this.recent.set(key, { count, isAgain: false, timer });
    return count;
  }

  stop(): void {
    for (const { timer } of this.recent.values()) clearTimeout(timer);
    this.recent.clear();
  }

  private lookAtFollowers(push: Pushed): number {
    const { index, git, look } = this.options;
    let count = 0;
    for (const group of new Set([...push.repositories].flatMap((repository) => index.followersOf(repository)))) {
      const before = count;
      for (const workload of index.group(group)) {
        const reference = referenceOf(workload);
        if (reference?.type !== 'git' || !concerns(push, reference)) continue;
        git.pushed(workload, reference);
        count += 1;
      }
      if (count > before) look(group);
    }
    return count;
  }
}

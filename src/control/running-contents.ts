/** What the sources and revisions of workloads contain, remembered: lists of denied versions change, revisions do not. */
import { basisOf, TooBusy, type SourceJudge } from '../admission/judgement.ts';
import type { Configuration } from '../config/configuration.ts';
import { sizeOfContents, type SourceContents } from '../denied/contents.ts';
import type { Language } from '../function/languages.ts';
import { parseStamp, UNKNOWN_COMMIT, type Stamp } from '../function/stamp.ts';
import { contentsReader } from './contents-reader.ts';
import type { Holder } from './holder.ts';
import type { ReadOnce } from './read-once.ts';
import { RecentValues } from './recent-values.ts';
import { referenceOf } from './reference.ts';
import type { LATER, RunningCommits } from './running-commits.ts';
import type { View } from './view.ts';

export interface RunningContentsOptions {
  readonly view: View;
  readonly judge: SourceJudge;
  readonly configuration: () => Configuration;
  /** Absent without a resolver. */
  readonly commits: Pick<RunningCommits, 'of'> | undefined;
}

/** 5,000 Functions with 100 packages each need a quarter of it. */
const REMEMBERED_BYTES = 64 * 1024 * 1024;

export class RunningContents {
  private readonly contents = new RecentValues<SourceContents | null>(REMEMBERED_BYTES);

  constructor(private readonly options: RunningContentsOptions) {}

  /**
   * Of a revision, which never changes, or of the source as it is now.
   *
   * @param stampText names the revision; empty for the source
   * @returns undefined if nobody knows, or there is nothing; `LATER` if a commit is being read
   */
  async of(
    workload: Holder,
    stampText: string,
    language: Language,
    read: ReadOnce,
  ): Promise<SourceContents | TooBusy | typeof LATER | undefined> {
    const { namespace } = workload;
    const { view, judge, configuration } = this.options;
    const stamp = stampText === '' ? undefined : parseStamp(stampText);
    const reader = contentsReader(view, workload, stamp);
    if (reader === undefined) return this.ofCommit(workload, stamp, language);
    const key = `${namespace} ${reader.key} ${language}`;
    const known = this.contents.get(key);
    if (known !== undefined) return known ?? undefined;
    const source = await reader.read(read);
    if (source === undefined) return this.ofCommit(workload, stamp, language);
    const { files, digest } = source;
    const facts = await judge({ namespace, files, digest, basis: basisOf(configuration(), language) });
    if (facts instanceof TooBusy) return facts;
    this.contents.set(key, facts.contents ?? null, facts.contents === undefined ? 100 : sizeOfContents(facts.contents));
    return facts.contents;
  }

  private ofCommit(
    workload: Holder,
    stamp: Stamp | undefined,
    language: Language,
  ): SourceContents | typeof LATER | undefined {
    const reference = referenceOf(workload);
    if (stamp?.code.type !== 'commit' || stamp.code.commit === UNKNOWN_COMMIT || reference?.type !== 'git') {
      return undefined;
    }
    return this.options.commits?.of(workload, reference, stamp.code.commit, language);
  }
}

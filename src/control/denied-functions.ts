/** Which Functions run a version that is denied: what a change of the list means for what is there already. */
import type { SourceJudge } from '../admission/judgement.ts';
import { basisOf, TooBusy } from '../admission/judgement.ts';
import type { ApiServer } from '../api-server/api-server.ts';
import type { ClusterLog } from '../api-server/cluster.ts';
import type { Configuration } from '../config/configuration.ts';
import { sizeOfContents, type SourceContents } from '../denied/contents.ts';
import { deniedNote } from '../denied/finding.ts';
import type { DeniedList, DeniedPackage } from '../denied/list.ts';
import type { Language } from '../function/languages.ts';
import { parseStamp } from '../function/stamp.ts';
import { contentsReader } from './contents-reader.ts';
import { definitionOf } from './definition-of.ts';
import type { Events } from './events.ts';
import { holderKey, type Holder } from './holder.ts';
import { RecentValues } from './recent-values.ts';
import type { View } from './view.ts';

export interface DeniedFunctionsOptions {
  readonly server: ApiServer;
  readonly view: View;
  readonly judge: SourceJudge;
  readonly denied: () => DeniedList;
  readonly configuration: () => Configuration;
  readonly events: Pick<Events, 'report'>;
  readonly logger: ClusterLog;
  /** Uid of the workload that a Pod belongs to. */
  readonly stampsOfPods: () => ReadonlyMap<string, ReadonlySet<string>>;
}

/** Of what revisions contain: 5,000 Functions with 100 packages each need a quarter of it. */
const REMEMBERED_BYTES = 64 * 1024 * 1024;
const AT_ONCE = 8;

export class DeniedFunctions {
  private readonly contents = new RecentValues<SourceContents | null>(REMEMBERED_BYTES);
  private readonly found = new Map<string, readonly DeniedPackage[]>();
  private running: Promise<void> | undefined;
  private isDue = false;

  constructor(private readonly options: DeniedFunctionsOptions) {}

  count(): number {
    return this.found.size;
  }

  /** Looks at every workload, again if it is called meanwhile. Never rejects. */
  look(signal: AbortSignal): Promise<void> {
    this.isDue = true;
    this.running ??= this.untilDone(signal).finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async untilDone(signal: AbortSignal): Promise<void> {
    while (this.isDue && !signal.aborted) {
      this.isDue = false;
      await this.lookAtAll(signal).catch((error: unknown) => {
        this.options.logger.warn({ reason: String(error) }, 'Functions were not compared with denied versions');
      });
    }
  }

  private async lookAtAll(signal: AbortSignal): Promise<void> {
    const { view, denied, stampsOfPods } = this.options;
    const list = denied();
    const seen = new Set<string>();
    if (list.entries > 0) {
      const ofPods = stampsOfPods();
      const workloads = view.index.groupKeys().flatMap((key) => view.index.group(key));
      const work = workloads[Symbol.iterator]();
      // They share one iterator: each takes the next one.
      const worker = async (): Promise<void> => {
        for (const workload of work) {
          if (signal.aborted) return;
          const stamps = new Set([workload.stampText ?? '', ...(ofPods.get(workload.uid) ?? [])]);
          await this.lookAt(workload, [...stamps], list, seen, signal);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    }
    if (signal.aborted) return;
    for (const key of this.found.keys()) if (!seen.has(key)) this.found.delete(key);
  }

  private async lookAt(
    workload: Holder,
    stamps: readonly string[],
    list: DeniedList,
    seen: Set<string>,
    signal: AbortSignal,
  ): Promise<void> {
    const { configuration, view, events } = this.options;
    if (view.namespaces.get('', workload.namespace)?.isOptedIn !== true) return;
    const defined = definitionOf(workload, configuration());
    if (defined === undefined || 'findings' in defined) return;
    const { language } = defined.definition.runtime;
    const packages = new Map<string, DeniedPackage>();
    for (const stamp of stamps) {
      const contents = await this.contentsOf(workload, stamp, language, signal);
      if (contents === undefined) continue;
      for (const each of list.search(contents)) packages.set(`${each.name}@${each.version}`, each);
    }
    if (packages.size === 0) return;
    const key = holderKey(workload);
    seen.add(key);
    this.found.set(key, [...packages.values()]);
    events.report(workload, {
      reason: 'DeniedVersion',
      note: [...packages.values()].map(deniedNote).join('\n'),
      state: [...packages.keys()].sort().join(' '),
    });
  }

  /** Of a revision, which never changes, or of the source as it is now; undefined if nobody knows. */
  private async contentsOf(
    workload: Holder,
    stampText: string,
    language: Language,
    signal: AbortSignal,
  ): Promise<SourceContents | undefined> {
    const { namespace } = workload;
    const { server, view, judge, configuration } = this.options;
    const reader = contentsReader({ server, view }, workload, stampText === '' ? undefined : parseStamp(stampText));
    if (reader === undefined) return undefined;
    const key = `${namespace} ${reader.key} ${language}`;
    const known = this.contents.get(key);
    if (known !== undefined) return known ?? undefined;
    const source = await reader.read(signal);
    if (source === undefined) return undefined;
    const { files, digest } = source;
    const facts = await judge({ namespace, files, digest, basis: basisOf(configuration(), language) });
    if (facts instanceof TooBusy) {
      this.isDue = true;
      return undefined;
    }
    this.contents.set(key, facts.contents ?? null, facts.contents === undefined ? 100 : sizeOfContents(facts.contents));
    return facts.contents;
  }
}

/** Which Functions run a version that is denied: what a change of the list means for what is there already. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TooBusy } from '../admission/judgement.ts';
import type { ClusterLog } from '../api-server/cluster.ts';
import type { Configuration } from '../config/configuration.ts';
import { deniedAnnotation, type DeniedRevision } from '../denied/annotation.ts';
import { deniedNote } from '../denied/finding.ts';
import type { DeniedList, DeniedPackage } from '../denied/list.ts';
import { DENIED_ANNOTATION } from '../function/keys.ts';
import { definitionOf } from './definition-of.ts';
import type { Events } from './events.ts';
import { holderKey, type Holder } from './holder.ts';
import { ReadOnce, type ReadOnceOptions } from './read-once.ts';
import { LATER } from './running-commits.ts';
import type { RunningContents } from './running-contents.ts';
import type { View } from './view.ts';

export interface DeniedFunctionsOptions extends ReadOnceOptions {
  readonly view: View;
  readonly contents: RunningContents;
  readonly denied: () => DeniedList;
  readonly configuration: () => Configuration;
  readonly events: Pick<Events, 'report'>;
  readonly logger: ClusterLog;
  /** Uid of the workload that a Pod belongs to. */
  readonly stampsOfPods: () => ReadonlyMap<string, ReadonlySet<string>>;
}

const AT_ONCE = 8;
/** Rollouts are judged by the same thread, and go first. */
const BUSY_MILLISECONDS = 1000;

export class DeniedFunctions {
  /** The revisions of each Function that have a denied version. */
  private readonly found = new Map<string, ReadonlySet<string>>();
  private running: Promise<void> | undefined;
  private isDue = false;
  private isBusy = false;

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
      this.isBusy = false;
      await this.lookAtAll(signal).catch((error: unknown) => {
        this.options.logger.warn({ reason: String(error) }, 'Functions were not compared with denied versions');
      });
      if (!this.wasBusy()) continue;
      this.isDue = true;
      // Rejects if it is ended.
      await sleep(BUSY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }

  private wasBusy(): boolean {
    return this.isBusy;
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
    const read = new ReadOnce(this.options, signal);
    const ofStamps: DeniedRevision[] = [];
    const unknown: string[] = [];
    for (const stamp of stamps) {
      const contents = await this.options.contents.of(workload, stamp, language, read);
      if (contents instanceof TooBusy) this.isBusy = true;
      if (contents === undefined) continue;
      if (contents instanceof TooBusy || contents === LATER) {
        unknown.push(stamp);
        continue;
      }
      const found = list.search(contents);
      if (found.length > 0) ofStamps.push({ stamp, packages: found });
      for (const each of found) packages.set(`${each.name}@${each.version}`, each);
    }
    const key = holderKey(workload);
    // What was found in a revision stays until somebody knows better.
    const before = this.found.get(key);
    const kept = unknown.filter((stamp) => before?.has(stamp) === true);
    const denying = new Set([...ofStamps.map(({ stamp }) => stamp), ...kept]);
    if (denying.size === 0) return;
    seen.add(key);
    this.found.set(key, denying);
    if (packages.size === 0) return;
    events.report(workload, {
      reason: 'DeniedVersion',
      note: [...packages.values()].map(deniedNote).join('\n'),
      state: JSON.stringify(
        ofStamps.map(({ stamp, packages: of }) => [stamp, of.map(({ name, version }) => [name, version])]),
      ),
      annotations: { [DENIED_ANNOTATION]: deniedAnnotation(ofStamps) },
      goesOn: true,
    });
  }
}

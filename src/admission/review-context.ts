import type { Configuration } from '../config/configuration.ts';
import type { DeniedList } from '../denied/list.ts';
import type { Exceptions } from '../exceptions/exceptions.ts';
import type { Language } from '../function/languages.ts';
import type { LabelsUnreachable, NamespaceLabels } from '../namespace/namespace.ts';
import type { NamespaceLimits } from '../namespace/limits.ts';
import type { SourceReader } from '../function/source.ts';
import type { InstallPlan } from '../installers/plan.ts';
import type { SourceJudge } from './judgement.ts';
import type { OtherVersions } from './other-versions.ts';
import type { Revisions } from './revisions.ts';

/**
 * What a review asks of the outside. In the cluster informers answer (src/api-server), on the command line the files that
 * were given (src/manifests), in tests plain objects.
 */
export interface ReviewContext {
  /** The configuration in force now; it may change between two reviews. */
  readonly configuration: () => Configuration;
  /** Labels of a namespace; empty if it does not exist. */
  readonly namespaceLabels: (name: string) => Promise<NamespaceLabels | LabelsUnreachable>;
  readonly readSource: SourceReader;
  /** Absent if there are none, as for most files on the command line: then stamps mean nothing. */
  readonly revisions?: Revisions | undefined;
  /** Milliseconds of a clock that only goes forward; absent if what is looked at is bounded by its number alone. */
  readonly now?: (() => number) | undefined;
  /** Judges the files of a source; what was judged before is remembered. */
  readonly judge: SourceJudge;
  /** What nobody may run, as it is now; absent if nothing is. */
  readonly denied?: (() => DeniedList) | undefined;
  /** Findings that somebody answers for, as of today; absent if nobody does. */
  readonly exceptions?: (() => Exceptions) | undefined;
  /** What the namespace's LimitRanges and ResourceQuotas demand, as far as it is known; nothing waits for it. */
  readonly namespaceLimits?: ((name: string) => NamespaceLimits) | undefined;
  /**
   * Pods of a namespace, for what its new labels mean to them; undefined if they could not be asked for. Absent on the command
   * line, where none run.
   */
  readonly pods?: ((namespace: string, selection: PodSelection) => Promise<ListedPods | undefined>) | undefined;
  /** Replicas of other versions, which there are during an upgrade; absent on the command line. */
  readonly otherVersions?: OtherVersions | undefined;
  /** Who installs where the injected Pod will run, if that is not a cluster; the plan for the cluster is checked all the same. */
  readonly installPlan?: ((planned: InstallPlan, language: Language) => InstallPlan) | undefined;
}

/** Those with the Function's label, or every one. */
export type PodSelection = 'functions' | 'all';

export interface ListedPods {
  readonly items: readonly unknown[];
  /** Whether there are others that are not in this list. */
  readonly more: boolean;
}

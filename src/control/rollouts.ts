/** Brings the workloads of one source to its state: level-triggered, one source at a time. */
import { TooBusy, type SourceJudge } from '../admission/judgement.ts';
import type { ApiServer } from '../api-server/api-server.ts';
import type { Configuration } from '../config/configuration.ts';
import type { DeniedList } from '../denied/list.ts';
import type { Exceptions } from '../exceptions/exceptions.ts';
import { formatFinding, type Finding } from '../outcome/finding.ts';
import { revisionOf } from '../revision/derive.ts';
import { mayPass } from '../revision/refused-by.ts';
import { baseOf } from '../function/revision-name.ts';
import { formatStamp, namesOf, type Stamp } from '../function/stamp.ts';
import { decide, rolloutOf, type Decision } from './decision.ts';
import { isSnapshot } from './config-maps.ts';
import { definitionOf } from './definition-of.ts';
import type { Events } from './events.ts';
import type { GitSources } from './git-sources.ts';
import type { Holder } from './holder.ts';
import { enforcedLevel, releaseRulesOf, judgeFiles, judgeLocked, type RevisionQuestion } from './judge-revision.ts';
import type { Keeper } from './keeper.ts';
import { isRefusedLock } from './known-revision.ts';
import type { Locks } from './locks.ts';
import type { ControlMetrics } from './metrics.ts';
import type { RevisionOwner } from '../revision/snapshot.ts';
import { ownersOf } from './owners.ts';
import { patchWorkload } from './patch-workload.ts';
import type { Again } from './queue.ts';
import { referenceOf } from './reference.ts';
import { Refusals } from './refusals.ts';
import type { Reserved } from './reserved.ts';
import { RollingWorkloads } from './rolling.ts';
import type { ReadSource } from './read-source.ts';
import type { Sources } from './sources.ts';
import type { Store, Stored } from './store.ts';
import type { KnownNamespace, View } from './view.ts';

export interface RolloutsOptions {
  readonly server: ApiServer;
  readonly view: View;
  readonly sources: Sources;
  readonly git: GitSources | undefined;
  readonly store: Store;
  readonly locks: Locks;
  readonly keeper: Keeper;
  readonly reserved: Reserved;
  readonly events: Events;
  readonly judge: SourceJudge;
  readonly denied: () => DeniedList;
  readonly exceptions: () => Exceptions;
  readonly configuration: () => Configuration;
  readonly metrics: Pick<ControlMetrics, 'rolledOut' | 'refused'>;
}

type RollOut = Extract<Decision, { do: 'roll-out' }>;

/** How one workload's turn ended. */
type Turn = { readonly rolled: true } | { readonly rolled: false; readonly again: Again };

const DONE: Turn = { rolled: false, again: undefined };
const BUSY = 1000;
const CHANGED = 250;
const FAILED = 30_000;
/** A timer of Node.js takes 24 days at most. */
const LONGEST_WAIT = 24 * 3_600_000;
/** Others may have been rolling for too long by then. */
const PACE = 30_000;

export class Rollouts {
  private readonly rolling = new RollingWorkloads();
  private readonly refusals = new Refusals();

  constructor(private readonly options: RolloutsOptions) {}

  /** @param key as `groupKey` has it */
  async reconcile(key: string, again: () => void, signal: AbortSignal): Promise<Again> {
    const { view, sources, keeper } = this.options;
    const configuration = this.options.configuration();
    const workloads = view.index.group(key);
    // All at once: each that is added later is a request of its own.
    const owners = ownersOf(workloads.filter((each) => rolloutOf(each, configuration.revisions.rollout) === 'auto'));
    let soonest: Again;
    const after = (milliseconds: Again): void => {
      if (milliseconds !== undefined) soonest = Math.min(soonest ?? Infinity, milliseconds);
    };
    for (const workload of workloads) {
      const { namespace } = workload;
      const known = view.namespaces.get('', namespace);
      if (known === undefined) continue;
      const isTaken = (name: string): boolean => keeper.isTaken(namespace, name);
      const source = known.isOptedIn ? await sources.known(workload, again, signal) : ({ type: 'unknown' } as const);
      const decision = decide({
        workload: this.rolling.asPatched(workload),
        source,
        namespace: known,
        configuration,
        rolling: this.rolling.countOthers(workloads, workload),
        refused: this.refusals.of(workload, known, this.judgedBy()),
        isNameTaken: workload.stamp !== undefined && namesOf(workload.stamp).some(isTaken),
        isLockDue: this.lockDue(workload, known) === 0,
      });
      const seconds =
        source.type === 'known' && Number.isFinite(source.milliseconds) ? source.milliseconds / 1000 : undefined;
      after(await this.carryOut(workload, decision, { known, configuration, seconds, owners }, again, signal));
      after(this.followGit(workload));
      after(this.soonTried(workload, known));
    }
    return soonest;
  }

  private async carryOut(
    workload: Holder,
    decision: Decision,
    context: Context,
    again: () => void,
    signal: AbortSignal,
  ): Promise<Again> {
    const { events } = this.options;
    switch (decision.do) {
      case 'nothing':
        return undefined;
      case 'wait':
        if (decision.for === 'quiet') return decision.milliseconds;
        events.report(workload, {
          reason: 'RolloutWaiting',
          note: `the source has changed; the rollout waits for others of the same source (revisions.rolloutsAtOnce: ${context.configuration.revisions.rolloutsAtOnce})`,
          state: decision.followed,
        });
        return PACE;
      case 'report':
        events.report(workload, { reason: decision.reason, note: decision.note, state: decision.note });
        return undefined;
      case 'follow': {
        const patched = await patchWorkload(this.options.server, workload, decision.followed, undefined, signal);
        if (patched.type === 'patched') this.rolling.followed(workload, decision.followed);
        return patched.type === 'changed' ? CHANGED : patched.type === 'denied' ? FAILED : undefined;
      }
      case 'roll-out': {
        const turn = await this.rollOut(workload, decision, context, again, signal);
        return turn.rolled ? undefined : turn.again;
      }
    }
  }

  private async rollOut(
    workload: Holder,
    { state, followed }: RollOut,
    context: Context,
    again: () => void,
    signal: AbortSignal,
  ): Promise<Turn> {
    const { namespace } = workload;
    const { known, configuration, owners } = context;
    const refuse = (findings: readonly Finding[]): Turn =>
      this.refuse(workload, followed, known, findings.map(formatFinding));
    const defined = definitionOf(workload, configuration);
    if (defined === undefined) return DONE;
    if ('findings' in defined) return refuse(defined.findings);
    const { definition } = defined;
    const source = await this.options.sources.read(workload, state, again, signal);
    switch (source.type) {
      case 'later':
        return state.code.type === 'commit' ? DONE : { rolled: false, again: CHANGED };
      case 'invalid':
        return refuse(source.findings);
      case 'failed':
        this.options.events.report(workload, { reason: 'SourceMissing', note: source.note, state: followed });
        return { rolled: false, again: FAILED };
      case 'files':
    }
    const question: RevisionQuestion = {
      namespace,
      labels: known.labels,
      definition,
      files: source.files,
      digest: source.digest,
      configuration,
      judge: this.options.judge,
      denied: this.options.denied(),
      exceptions: this.options.exceptions(),
    };
    const judged = await judgeFiles(question);
    if (judged instanceof TooBusy) return { rolled: false, again: BUSY };
    if (judged.findings.length > 0) return refuse(judged.findings);
    const { lacksLock } = judged.facts;
    const rules = releaseRulesOf(question);
    const isDenying = question.denied.entries > 0;
    const derived = revisionOf({ state, files: source.files, lacksLock, definition, rules, isDenying, configuration });
    if (lacksLock && derived.lock === undefined) {
      // Nobody resolves one, so that it will not come later.
      const unlocked = await judgeLocked(question, undefined);
      if (unlocked instanceof TooBusy) return { rolled: false, again: BUSY };
      if (unlocked.findings.length > 0) return refuse(unlocked.findings);
    }
    return this.options.reserved.during(namespace, namesOf(derived.stamp), async () => {
      const code = await this.storeFiles(namespace, source, derived.stamp.code, owners, signal);
      if ('problem' in code) return this.notStored(workload, followed, code.problem);
      let stamp: Stamp = { code };
      if (derived.lock !== undefined && derived.stamp.lock !== undefined) {
        const isRequired = enforcedLevel(question) === 'locked';
        const lock = this.options.locks.find(
          {
            namespace,
            name: derived.stamp.lock,
            inputs: derived.lock,
            owners: ownersOf([workload]),
            current: workload.stamp?.lock,
            isNamed: false,
            isRequired,
          },
          again,
        );
        if (lock.type === 'later' || lock.type === 'gone') return DONE;
        if (lock.type === 'refused') {
          const { problem, fix, details, until } = lock.lock;
          const lines = details.length > 0 ? details : [`${problem}; ${fix}`];
          return this.refuse(workload, followed, known, lines, until === undefined ? undefined : Date.parse(until));
        }
        if (lock.type === 'failed') {
          this.options.events.report(workload, { reason: 'LockNotResolved', note: lock.note, state: followed });
          return { rolled: false, again: FAILED };
        }
        const locked = await judgeLocked(question, lock.lock);
        if (locked instanceof TooBusy) return { rolled: false, again: BUSY };
        if (lock.lock.kind === 'none') {
          const { problem, fix, details } = lock.lock;
          const note = [`${problem}; ${fix}`, ...details].join('\n');
          this.options.events.report(workload, { reason: 'LockNotResolved', note, state: lock.name });
        }
        for (const note of lock.notes ?? []) this.options.events.report(workload, { ...note, state: lock.name });
        if (locked.findings.length > 0) return refuse(locked.findings);
        stamp = { code, lock: lock.name };
      }
      return this.patch(workload, followed, stamp, context, signal);
    });
  }

  private async patch(
    workload: Holder,
    followed: string,
    stamp: Stamp,
    { known, seconds }: Context,
    signal: AbortSignal,
  ): Promise<Turn> {
    const text = formatStamp(stamp);
    const patched = await patchWorkload(this.options.server, workload, followed, text, signal);
    switch (patched.type) {
      case 'changed':
        return { rolled: false, again: CHANGED };
      case 'gone':
        return DONE;
      case 'denied':
        return this.refusedByOthers(workload, followed, known, patched.message);
      case 'patched':
    }
    if (text === workload.stampText) {
      this.rolling.followed(workload, followed);
      return DONE;
    }
    this.rolling.started(workload, followed, text, patched.generation);
    this.options.metrics.rolledOut(workload.kind.kind, seconds);
    this.options.events.report(workload, {
      reason: 'RolledOut',
      note: `the template has the revision ${text} now`,
      state: `${text} ${patched.version}`,
    });
    return { rolled: true };
  }

  /** The snapshots of its ConfigMaps, under the names that were free. */
  private async storeFiles(
    namespace: string,
    source: ReadSource,
    code: Stamp['code'],
    owners: readonly RevisionOwner[],
    signal: AbortSignal,
  ): Promise<Stamp['code'] | { readonly problem: string }> {
    if (code.type === 'commit') return code;
    const names: string[] = [];
    for (const { name, digest, content } of source.parts) {
      const stored: Stored = await this.options.store.ensure(
        {
          namespace,
          base: baseOf(name),
          holds: 'files',
          digest,
          owners,
          content,
          isSame: (read) => isSnapshot(read, digest),
        },
        signal,
      );
      switch (stored.type) {
        case 'stored':
          names.push(stored.name);
          break;
        case 'failed':
          return stored;
        case 'gone':
          return { problem: 'the namespace is being deleted' };
        case 'taken':
          return { problem: `other objects have the names of the revision of ${name}` };
      }
    }
    return { type: 'files', names };
  }

  private refuse(
    workload: Holder,
    followed: string,
    known: KnownNamespace,
    problems: readonly string[],
    until?: number,
  ): Turn {
    this.refusals.add(workload, followed, known, this.judgedBy(), until);
    this.options.metrics.refused();
    return this.reportRefused(workload, followed, problems);
  }

  private refusedByOthers(workload: Holder, followed: string, known: KnownNamespace, problem: string): Turn {
    if (this.refusals.addOfOthers(workload, followed, known, this.judgedBy())) this.options.metrics.refused();
    return this.reportRefused(workload, followed, [problem]);
  }

  private judgedBy(): { readonly configuration: Configuration; readonly denied: DeniedList } {
    return { configuration: this.options.configuration(), denied: this.options.denied() };
  }

  private reportRefused(workload: Holder, followed: string, problems: readonly string[]): Turn {
    const note = [`the edit is not rolled out, as it is refused:`, ...problems].join('\n');
    this.options.events.report(workload, { reason: 'SourceRefused', note, state: `${followed} ${note}` });
    return DONE;
  }

  private notStored(workload: Holder, followed: string, note: string): Turn {
    this.options.events.report(workload, { reason: 'RevisionNotStored', note, state: followed });
    return { rolled: false, again: FAILED };
  }

  /** In how many milliseconds the lock that the stamp names may pass, if it is refused. */
  private lockDue(workload: Holder, { labels }: KnownNamespace): number | undefined {
    const { view, denied, exceptions } = this.options;
    const { namespace, stamp } = workload;
    const lock = stamp?.lock === undefined ? undefined : view.revisions.get(namespace, stamp.lock);
    if (lock === undefined || !isRefusedLock(lock)) return undefined;
    const configuration = this.options.configuration();
    const defined = definitionOf(workload, configuration);
    if (defined === undefined || 'findings' in defined) return undefined;
    const { definition } = defined;
    const rules = releaseRulesOf({ namespace, labels, configuration, definition, exceptions: exceptions() });
    const { refusedUntil: until, refusedBy: by } = lock;
    if (mayPass({ until, by }, Date.now(), { rules, denied: denied() })) return 0;
    return until === undefined ? undefined : Math.max(1, Date.parse(until) - Date.now());
  }

  /** What is too young is looked at again as soon as it is old enough. */
  private soonTried(workload: Holder, known: KnownNamespace): Again {
    const times = [this.refusals.due(workload), this.lockDue(workload, known)].filter((time) => time !== undefined);
    const soonest = Math.min(...times.filter((time) => time > 0));
    return Number.isFinite(soonest) ? Math.min(soonest, LONGEST_WAIT) : undefined;
  }

  /** @returns when its branch has to be looked up again */
  private followGit(workload: Holder): Again {
    const reference = referenceOf(workload);
    if (reference?.type !== 'git') return undefined;
    const { git, events } = this.options;
    const note = git?.trouble(workload, reference);
    if (note !== undefined) events.report(workload, { reason: 'SourceMissing', note, state: note });
    return git?.due(workload, reference);
  }

  /** Forgets what does not exist any more. */
  tidy(): void {
    const isThere = (key: string): boolean => this.options.view.index.get(key) !== undefined;
    this.rolling.keep(isThere);
    this.refusals.keep(isThere);
  }
}

interface Context {
  readonly known: KnownNamespace;
  readonly configuration: Configuration;
  /** Since the edit. */
  readonly seconds: number | undefined;
  /** Workloads that will have the same files. */
  readonly owners: readonly RevisionOwner[];
}

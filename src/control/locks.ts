/** Resolves the locks that revisions name, each once, and stores it or the reason why there is none. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiServer } from '../api-server/api-server.ts';
import { LANGUAGES } from '../function/languages.ts';
import { isFailure, type Failure, type LockJob, type Resolver } from '../resolve/resolver.ts';
import { hasDependencies } from '../dependencies/present.ts';
import type { RecordedRelease } from '../release-age/release.ts';
import { lockDigest, type LockInputs } from '../revision/lock-inputs.ts';
import { parseRevisionName, revisionName } from '../function/revision-name.ts';
import { mayPass } from '../revision/refused-by.ts';
import type { RevisionOwner } from '../revision/snapshot.ts';
import { contentOf, type RefusedLock, type StoredLock } from '../revision/stored-lock.ts';
import { readConfigMap, recordIn, storedLockOf } from './config-maps.ts';
import type { ControlMetrics } from './metrics.ts';
import { RecentValues } from './recent-values.ts';
import { baseKey } from './holder-index.ts';
import { admittedLocks } from './admitted-locks.ts';
import { latestLock } from './latest-lock.ts';
import { notesOf, recordBeside, type Comparison, type Note } from './release-notes.ts';
import type { Secrets } from './secrets.ts';
import { TooBusy } from '../admission/judgement.ts';
import { refusalOfDenied, type DeniedLockOptions } from './denied-lock.ts';
import { mayRefuse } from '../release-rules/list.ts';
import { askResolver, compared, notCompared, refusalFor, unavailable, type Resolved } from './compared-lock.ts';
import { DIGITS, type Store } from './store.ts';
import { Tasks } from './tasks.ts';
import type { View } from './view.ts';

export interface WantedLock {
  readonly namespace: string;
  /** As the revision was derived, or as a template has it. */
  readonly name: string;
  readonly inputs: LockInputs;
  readonly owners: readonly RevisionOwner[];
  /** The lock that the workload runs by now. */
  readonly current: string | undefined;
  /** What of the files is denied, and stored in place of a lock that Pods wait for. */
  readonly refusal?: RefusedLock | undefined;
  /** A template names it: no other name will do. */
  readonly isNamed: boolean;
  /** Without a lock nothing rolls out, so that a reason is not stored for what may pass. */
  readonly isRequired: boolean;
}

export type FoundLock =
  /** Whoever asked is called again. */
  | { readonly type: 'later' }
  | {
      readonly type: 'found';
      readonly name: string;
      readonly lock: StoredLock;
      /** For Events, if it was compared just now. */
      readonly notes?: readonly Note[];
      /** What is recorded of its versions, if it was compared just now. */
      readonly releases?: readonly RecordedRelease[];
    }
  /** Its versions are too young; nothing is stored if no template names it yet. */
  | { readonly type: 'refused'; readonly lock: RefusedLock }
  /** It is tried again when it is asked for again. */
  | { readonly type: 'failed'; readonly note: string }
  | { readonly type: 'gone' };

export interface LocksOptions extends DeniedLockOptions {
  readonly server: ApiServer;
  readonly view: View;
  readonly store: Store;
  readonly secrets: Secrets;
  /** Without it there are no locks. */
  readonly resolver: Resolver | undefined;
  readonly metrics: Pick<ControlMetrics, 'resolved' | 'compared'>;
}

const AT_ONCE = 8;
const RECENT_CHARACTERS = 16 * 1024 * 1024;
/** A registry that does not answer is asked again for as long as this. */
const PATIENCE_MILLISECONDS = 60_000;
const FIRST_PAUSE = 1000;

type NoLock = Extract<StoredLock, { readonly kind: 'none' }>;

const NO_RESOLVER: NoLock = {
  kind: 'none',
  problem: 'the controller runs without a resolver',
  fix: 'start it with --resolver, then run kubectl buildless lock --refresh NAME; until then each Pod resolves its dependencies',
  details: [],
};

const UNLOCKABLE: NoLock = {
  kind: 'none',
  problem: 'no lock can be resolved for this runtime, so the age of its versions is not known',
  fix: 'write a lock with hashes into the source ("buildless lock")',
  details: [],
};

const TOO_LARGE: NoLock = {
  kind: 'none',
  problem: 'the lock is larger than a ConfigMap, even compressed',
  fix: 'remove dependencies, or keep the source in a Git repository with its own lock',
  details: [],
};

/** Characters, about. */
const sizeOf = ({ lock, releases = [] }: Extract<FoundLock, { type: 'found' }>): number =>
  (lock.kind === 'lock' ? lock.text.length : 1000) + releases.length * 150;

export class Locks {
  private readonly found = new RecentValues<Extract<FoundLock, { type: 'found' }>>(RECENT_CHARACTERS);
  /** Taken by the next one that asks. */
  private readonly failures = new Map<string, FoundLock>();
  private readonly tasks = new Tasks({ atOnce: AT_ONCE });

  constructor(private readonly options: LocksOptions) {}

  find(wanted: WantedLock, again: () => void): FoundLock {
    const key = `${wanted.namespace}/${wanted.name}`;
    const failure = this.failures.get(key);
    if (failure !== undefined) {
      this.failures.delete(key);
      return failure;
    }
    const known = this.found.get(key);
    const isThere = (name: string): boolean => this.options.view.revisions.get(wanted.namespace, name) !== undefined;
    if (known !== undefined && isThere(known.name)) {
      if (known.lock.kind !== 'refused' || wanted.isNamed) return known;
      if (!this.mayPass(known.lock, wanted.inputs)) return { type: 'refused', lock: known.lock };
    }
    this.tasks.start(
      key,
      async (signal) => {
        const answer = await this.work(wanted, known?.lock.kind === 'refused' ? undefined : known, signal).catch(
          (error: unknown): FoundLock => ({
            type: 'failed',
            note: String(error),
          }),
        );
        if (answer.type === 'found') {
          this.found.set(key, answer, sizeOf(answer));
          await this.untilSeen(wanted.namespace, answer.name, signal);
        } else if (!signal.aborted) this.failures.set(key, answer);
      },
      again,
    );
    return { type: 'later' };
  }

  private mayPass(refusal: Parameters<typeof mayPass>[0], { rules }: LockInputs): boolean {
    return mayPass(refusal, Date.now(), { rules, denied: this.options.denied() });
  }

  /** What was found last under a name. */
  known(namespace: string, name: string): Extract<FoundLock, { type: 'found' }> | undefined {
    return this.found.get(`${namespace}/${name}`);
  }

  stop(): Promise<void> {
    return this.tasks.stop();
  }

  /** The watch is a moment behind. */
  private async untilSeen(namespace: string, name: string, signal: AbortSignal): Promise<void> {
    for (let tries = 0; tries < 100 && !signal.aborted; tries += 1) {
      if (this.options.view.revisions.get(namespace, name) !== undefined) return;
      await sleep(20);
    }
  }

  private async work(wanted: WantedLock, known: Comparison | undefined, signal: AbortSignal): Promise<FoundLock> {
    const { namespace, name, inputs, isNamed } = wanted;
    const existing = await this.existing(wanted, signal);
    if (existing !== undefined) return existing;
    const resolved = known ?? (await this.resolve(wanted, signal));
    if ('temporary' in resolved) return { type: 'failed', note: `${resolved.problem}; ${resolved.fix}` };
    // Whoever rolls a lock out compares it first; Pods that wait for it by its name start without anybody.
    const denied = isNamed
      ? (wanted.refusal ?? (await refusalOfDenied(namespace, inputs.language, resolved.lock, this.options)))
      : undefined;
    if (denied instanceof TooBusy) return { type: 'failed', note: `the lock was not compared: ${denied.reason}` };
    const tooLarge = mayRefuse(inputs.rules) ? refusalFor(TOO_LARGE, inputs.rules) : TOO_LARGE;
    const found = denied ?? resolved.lock;
    const content = contentOf(found);
    const lock = content === undefined ? tooLarge : found;
    const record = content && recordBeside(content, found, resolved, inputs.language);
    // Nothing waits for it, and it may pass later.
    if (lock.kind === 'refused' && !isNamed) return { type: 'refused', lock };
    const object = {
      namespace,
      holds: 'lock',
      digest: lockDigest(inputs),
      refresh: inputs.refresh,
      ...(lock.kind === 'refused' && lock.until !== undefined && { refusedUntil: lock.until }),
      ...(lock.kind === 'refused' && lock.by !== undefined && { refusedBy: lock.by }),
      owners: wanted.owners,
      content: record?.content ?? content ?? contentOf(tooLarge) ?? {},
      isSame: (read) => storedLockOf(read) !== undefined,
      mayBe: (known) => !this.mayPass({ until: known.refusedUntil, by: known.refusedBy }, inputs),
    } satisfies Parameters<Store['ensureNamed']>[0];
    const base = parseRevisionName(name)?.base ?? name;
    const { store } = this.options;
    const stored = isNamed
      ? await store.ensureNamed(object, name, signal)
      : await store.ensure({ ...object, base }, signal);
    switch (stored.type) {
      case 'stored': {
        // Another replica may have been faster.
        const there = (await this.read(namespace, stored.name, signal)) ?? lock;
        const notes = notesOf(resolved, record?.fits === false ? resolved.releases : undefined);
        return {
          type: 'found',
          name: stored.name,
          lock: there,
          notes,
          ...(resolved.releases !== undefined && { releases: resolved.releases }),
        };
      }
      case 'gone':
        return stored;
      case 'failed':
        return { type: 'failed', note: stored.problem };
      case 'taken':
        return { type: 'failed', note: `another object has the name ${name}; delete it` };
    }
  }

  /** What is stored already: under the name, or a longer one if the lock of that name was refused and may pass by now. */
  private async existing(
    { namespace, name, inputs, isNamed }: WantedLock,
    signal: AbortSignal,
  ): Promise<FoundLock | undefined> {
    const base = parseRevisionName(name)?.base ?? name;
    const longer = isNamed ? [] : DIGITS.map((digits) => revisionName(base, lockDigest(inputs), digits));
    for (const each of new Set([name, ...longer])) {
      const lock = await this.read(namespace, each, signal);
      if (lock === undefined) return undefined;
      if (lock.kind !== 'refused' || isNamed) return { type: 'found', name: each, lock };
      if (!this.mayPass(lock, inputs)) return { type: 'refused', lock };
    }
    return undefined;
  }

  private async read(namespace: string, name: string, signal: AbortSignal): Promise<StoredLock | undefined> {
    const read = await readConfigMap(this.options.server, namespace, name, signal);
    return read === undefined ? undefined : storedLockOf(read);
  }

  private async resolve(wanted: WantedLock, signal: AbortSignal): Promise<Comparison | Failure> {
    const { resolver, metrics } = this.options;
    const { rules, isUnlockable, isAuthors } = wanted.inputs;
    // Its author's lock is installed then; another is not resolved.
    const isComparedElsewhere = isAuthors === true && rules === undefined;
    if (isComparedElsewhere || !hasDependencies(wanted.inputs.files, wanted.inputs.language)) {
      return { lock: { kind: 'checked' }, warned: [], outcomes: {} };
    }
    const reason = (lock: NoLock): Resolved =>
      notCompared(lock, wanted.inputs, isAuthors === true ? { kind: 'checked' } : lock);
    if (resolver === undefined) return reason(NO_RESOLVER);
    if (isUnlockable === true) return reason(UNLOCKABLE);
    const job = await this.job(wanted, signal);
    const before = rules?.provenance === undefined ? undefined : await this.admitted(wanted, signal);
    const started = performance.now();
    for (let pause = FIRST_PAUSE; ; pause *= 2) {
      const attempt = performance.now();
      const answer = await askResolver(resolver, job, signal);
      const seconds = (performance.now() - attempt) / 1000;
      if (!isFailure(answer)) {
        metrics.resolved('lock', seconds);
        const resolved = compared(answer, wanted.inputs, before);
        metrics.compared(resolved.outcomes);
        return resolved;
      }
      const { problem, fix, details } = answer;
      const isLast = performance.now() + pause - started > PATIENCE_MILLISECONDS;
      // Without times nothing passes, and nothing is decided either.
      if (answer.temporary && (!isLast || wanted.isRequired || rules !== undefined)) {
        metrics.resolved('temporary', seconds);
        metrics.compared(unavailable(rules));
      } else {
        metrics.resolved('reason', seconds);
        const resolved = reason({ kind: 'none', problem, fix, details });
        metrics.compared(resolved.outcomes);
        return resolved;
      }
      if (isLast || signal.aborted) return answer;
      await sleep(pause, undefined, { signal });
    }
  }

  /** What the last revision recorded that was admitted, whether it is of the author's lock or of another. */
  private async admitted(
    { namespace, name, inputs, current }: WantedLock,
    signal: AbortSignal,
  ): Promise<readonly RecordedRelease[] | undefined> {
    const { view, server } = this.options;
    const base = parseRevisionName(name)?.base ?? name;
    const existing = view.existing(baseKey(namespace, base));
    const isRun = (lock: string): boolean => view.isNamedByPod(namespace, lock);
    for (const each of admittedLocks(existing, name, current, isRun)) {
      const read = await readConfigMap(server, namespace, each, signal);
      const record = read === undefined ? undefined : recordIn(read);
      if (record?.language === inputs.language && record.releases !== undefined) return record.releases;
    }
    return undefined;
  }

  private async job(wanted: WantedLock, signal: AbortSignal): Promise<LockJob> {
    const { namespace, name, inputs } = wanted;
    const { registry, language } = inputs;
    const secret = registry === undefined ? undefined : await this.options.secrets.read(namespace, registry, signal);
    const settings = secret?.get(LANGUAGES.of(language).registryFile);
    const before = await this.previous(wanted, signal);
    return {
      name: parseRevisionName(name)?.base ?? name,
      inputs,
      ...(inputs.rules !== undefined && { asks: true as const }),
      ...(inputs.rules?.licences !== undefined && { licences: true as const }),
      ...(settings !== undefined && { registrySettings: Buffer.from(settings).toString('utf8') }),
      ...(before?.kind === 'lock' && { previous: { file: before.file, text: before.text } }),
    };
  }

  /** The lock to start from, so that an edit moves only what it has to; a refresh moves what it can. */
  private async previous(
    { namespace, name, inputs, owners, current }: WantedLock,
    signal: AbortSignal,
  ): Promise<StoredLock | undefined> {
    const base = parseRevisionName(name)?.base ?? name;
    const before =
      current !== undefined && current !== name
        ? current
        : latestLock(this.options.view.existing(baseKey(namespace, base)), name, owners);
    if (before === undefined) return undefined;
    const read = await readConfigMap(this.options.server, namespace, before, signal);
    return read === undefined || read.refresh < inputs.refresh ? undefined : storedLockOf(read);
  }
}

/** Resolves the locks that revisions name, each once, and stores it or the reason why there is none. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiServer } from '../api-server/api-server.ts';
import { LANGUAGES } from '../function/languages.ts';
import { isFailure, type Failure, type LockJob, type Resolver } from '../resolve/resolver.ts';
import { lockDigest, type LockInputs } from '../revision/lock-inputs.ts';
import { parseRevisionName } from '../function/revision-name.ts';
import type { RevisionOwner } from '../revision/snapshot.ts';
import { contentOf, type StoredLock } from '../revision/stored-lock.ts';
import { readConfigMap, storedLockOf } from './config-maps.ts';
import type { ControlMetrics } from './metrics.ts';
import { RecentValues } from './recent-values.ts';
import { baseKey } from './holder-index.ts';
import { latestLock } from './latest-lock.ts';
import type { Secrets } from './secrets.ts';
import type { Store } from './store.ts';
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
  /** A template names it: no other name will do. */
  readonly isNamed: boolean;
  /** Without a lock nothing rolls out, so that a reason is not stored for what may pass. */
  readonly isRequired: boolean;
}

export type FoundLock =
  /** Whoever asked is called again. */
  | { readonly type: 'later' }
  | { readonly type: 'found'; readonly name: string; readonly lock: StoredLock }
  /** It is tried again when it is asked for again. */
  | { readonly type: 'failed'; readonly note: string }
  | { readonly type: 'gone' };

export interface LocksOptions {
  readonly server: ApiServer;
  readonly view: View;
  readonly store: Store;
  readonly secrets: Secrets;
  /** Without it there are no locks. */
  readonly resolver: Resolver | undefined;
  readonly metrics: Pick<ControlMetrics, 'resolved'>;
}

const AT_ONCE = 8;
const RECENT_CHARACTERS = 16 * 1024 * 1024;
/** A registry that does not answer is asked again for as long as this. */
const PATIENCE_MILLISECONDS = 60_000;
const FIRST_PAUSE = 1000;

const NO_RESOLVER: StoredLock = {
  kind: 'none',
  problem: 'the controller runs without a resolver',
  fix: 'start it with --resolver, then run kubectl buildless lock --refresh NAME; until then each Pod resolves its dependencies',
  details: [],
};

const TOO_LARGE: StoredLock = {
  kind: 'none',
  problem: 'the lock is larger than a ConfigMap, even compressed',
  fix: 'remove dependencies, or keep the source in a Git repository with its own lock',
  details: [],
};

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
    if (known !== undefined && isThere(known.name)) return known;
    this.tasks.start(
      key,
      async (signal) => {
        const answer = await this.work(wanted, known?.lock, signal).catch((error: unknown): FoundLock => ({
          type: 'failed',
          note: String(error),
        }));
        if (answer.type === 'found') {
          this.found.set(key, answer, answer.lock.kind === 'lock' ? answer.lock.text.length : 1000);
          await this.untilSeen(wanted.namespace, answer.name, signal);
        } else if (!signal.aborted) this.failures.set(key, answer);
      },
      again,
    );
    return { type: 'later' };
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

  private async work(wanted: WantedLock, known: StoredLock | undefined, signal: AbortSignal): Promise<FoundLock> {
    const { namespace, name, isNamed } = wanted;
    const existing = await this.read(namespace, name, signal);
    if (existing !== undefined) return { type: 'found', name, lock: existing };
    const resolved = known ?? (await this.resolve(wanted, signal));
    if ('temporary' in resolved) return { type: 'failed', note: `${resolved.problem}; ${resolved.fix}` };
    const content = contentOf(resolved);
    const lock = content === undefined ? TOO_LARGE : resolved;
    const object = {
      namespace,
      holds: 'lock',
      digest: lockDigest(wanted.inputs),
      refresh: wanted.inputs.refresh,
      owners: wanted.owners,
      content: content ?? contentOf(TOO_LARGE) ?? {},
      isSame: (read) => storedLockOf(read) !== undefined,
    } satisfies Parameters<Store['ensureNamed']>[0];
    const base = parseRevisionName(name)?.base ?? name;
    const { store } = this.options;
    const stored = isNamed
      ? await store.ensureNamed(object, name, signal)
      : await store.ensure({ ...object, base }, signal);
    switch (stored.type) {
      case 'stored':
        // Another replica may have been faster.
        return { type: 'found', name: stored.name, lock: (await this.read(namespace, stored.name, signal)) ?? lock };
      case 'gone':
        return stored;
      case 'failed':
        return { type: 'failed', note: stored.problem };
      case 'taken':
        return { type: 'failed', note: `another object has the name ${name}; delete it` };
    }
  }

  private async read(namespace: string, name: string, signal: AbortSignal): Promise<StoredLock | undefined> {
    const read = await readConfigMap(this.options.server, namespace, name, signal);
    return read === undefined ? undefined : storedLockOf(read);
  }

  private async resolve(wanted: WantedLock, signal: AbortSignal): Promise<StoredLock | Failure> {
    const { resolver, metrics } = this.options;
    if (resolver === undefined) return NO_RESOLVER;
    const job = await this.job(wanted, signal);
    const started = performance.now();
    for (let pause = FIRST_PAUSE; ; pause *= 2) {
      const attempt = performance.now();
      const answer = await resolver.lock(job, signal);
      const seconds = (performance.now() - attempt) / 1000;
      if (!isFailure(answer)) {
        metrics.resolved('lock', seconds);
        return { kind: 'lock', ...answer };
      }
      const { problem, fix, details } = answer;
      const isLast = performance.now() + pause - started > PATIENCE_MILLISECONDS;
      if (answer.temporary && (!isLast || wanted.isRequired)) metrics.resolved('temporary', seconds);
      else {
        metrics.resolved('reason', seconds);
        return { kind: 'none', problem, fix, details };
      }
      if (isLast || signal.aborted) return answer;
      await sleep(pause, undefined, { signal });
    }
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

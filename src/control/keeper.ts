/**
 * Keeps the revisions of one base: what a template names exists as long as it can be made, belongs to the workloads that name
 * it, and goes when nothing needs it.
 */
import { ApiError } from '../api-server/api-server.ts';
import type { Configuration } from '../config/configuration.ts';
import { isNamedBy } from '../function/revision-name.ts';
import { isSnapshot } from './config-maps.ts';
import type { Events } from './events.ts';
import { isOwned, type Holder } from './holder.ts';
import { ownersOf } from './owners.ts';
import { planKeeping, type KeepingPlan } from './keeping.ts';
import { isRefusedLock } from './known-revision.ts';
import type { MissingLocks } from './missing-locks.ts';
import type { Again } from './queue.ts';
import { referenceOf } from './reference.ts';
import type { Reserved } from './reserved.ts';
import type { Sources } from './sources.ts';
import type { Store, Stored } from './store.ts';
import { groupKey } from './holder-index.ts';
import type { View } from './view.ts';

export interface KeeperOptions {
  readonly view: View;
  readonly sources: Sources;
  readonly store: Store;
  readonly locks: MissingLocks;
  readonly events: Events;
  readonly reserved: Reserved;
  readonly configuration: () => Configuration;
  /** Workloads with this source have to be looked at: a name of their revision is taken, or its lock is refused. */
  readonly lookAgain: (group: string) => void;
}

/** The copies of the cluster are a moment behind the webhook, which reads it live. */
const PATIENCE_MILLISECONDS = 5000;
const SOON = 500;
const LATER = 60_000;

export class Keeper {
  /** Names of revisions that another object has. */
  private readonly taken = new Set<string>();
  private readonly missingSince = new Map<string, number>();

  constructor(private readonly options: KeeperOptions) {}

  isTaken(namespace: string, name: string): boolean {
    return this.taken.has(`${namespace}/${name}`);
  }

  /** @param key as `baseKey` has it */
  async keep(key: string, again: () => void, signal: AbortSignal): Promise<Again> {
    const { view, configuration } = this.options;
    const namespace = key.slice(0, key.indexOf('/'));
    const known = view.namespaces.get('', namespace);
    if (known === undefined || known.isEnding || !known.isOptedIn || configuration().mode === 'disabled')
      return undefined;
    let soonest: Again;
    const after = (milliseconds: Again): void => {
      if (milliseconds !== undefined) soonest = Math.min(soonest ?? Infinity, milliseconds);
    };
    for (const name of view.index.named(key)) {
      const exists = view.revisions.get(namespace, name);
      if (exists === undefined) after(await this.make(namespace, name, again, signal));
      else this.missingSince.delete(`${namespace}/${name}`);
      // Its workloads wait until it may pass.
      if (exists !== undefined && isRefusedLock(exists)) this.lookAt(view.index.naming(namespace, name));
    }
    const plan = this.plan(key, configuration().revisions.history);
    await this.carryOut(plan, signal);
    if (plan.lookAgain) after(LATER);
    return soonest;
  }

  /** Removes what nothing names, the history as well: a namespace is full. @returns whether there was anything */
  async makeRoom(namespace: string, signal: AbortSignal): Promise<boolean> {
    const plans = this.options.view.bases(namespace).map((key) => this.plan(key, 0));
    for (const { remove } of plans) await this.carryOut({ own: [], remove, lookAgain: false }, signal);
    return plans.some(({ remove }) => remove.length > 0);
  }

  private plan(key: string, history: number): KeepingPlan {
    const { view, reserved } = this.options;
    const namespace = key.slice(0, key.indexOf('/'));
    const users = view.index.users(key);
    return planKeeping({
      existing: view.existing(key),
      ownersOf: (name) => ownersOf(view.index.naming(namespace, name)),
      isInUse: (name) => view.isNamedByPod(namespace, name) || reserved.has(namespace, name),
      isUsed: users.length > 0,
      mayOwn: (uid) => users.some((user) => user.uid === uid) || !view.index.isKnown(uid),
      history,
    });
  }

  private async carryOut({ own, remove }: KeepingPlan, signal: AbortSignal): Promise<void> {
    for (const { revision, owners } of own) await ignoringChanges(this.options.store.own(revision, owners, signal));
    for (const revision of remove) await ignoringChanges(this.options.store.remove(revision, signal));
  }

  /** Makes a revision that templates name, if that is still possible. */
  private async make(namespace: string, name: string, again: () => void, signal: AbortSignal): Promise<Again> {
    const full = `${namespace}/${name}`;
    if (this.taken.has(full)) return undefined;
    const since = this.missingSince.get(full) ?? performance.now();
    this.missingSince.set(full, since);
    const isLate = performance.now() - since > PATIENCE_MILLISECONDS;
    const holders = this.options.view.index.naming(namespace, name).filter(({ isEnding }) => !isEnding);
    const [first] = holders;
    if (first === undefined) return undefined;
    if (holders.some(({ stamp }) => stamp?.lock === name)) {
      return this.options.locks.make({ namespace, name, holders, isLate }, again, signal);
    }
    const made = await this.makeFiles(namespace, name, holders, signal);
    if (made?.type === 'stored' || made?.type === 'gone') return undefined;
    if (made?.type === 'taken') {
      this.taken.add(full);
      this.lookAt(holders);
      return undefined;
    }
    if (!isLate) return SOON;
    this.tell(
      holders,
      name,
      made?.problem ?? 'the source has other content now; roll out the next edit, or undo to a revision that exists',
    );
    return undefined;
  }

  private lookAt(holders: readonly Holder[]): void {
    for (const holder of holders) {
      const group = groupKey(holder);
      if (group !== undefined) this.options.lookAgain(group);
    }
  }

  private async makeFiles(
    namespace: string,
    name: string,
    holders: readonly Holder[],
    signal: AbortSignal,
  ): Promise<Stored | undefined> {
    for (const source of new Set(holders.flatMap((holder) => sourceNamesOf(holder, name)))) {
      const content = await this.options.sources.content(namespace, source, signal);
      if (content === undefined || !isNamedBy(content.source.digest, name)) continue;
      const { digest } = content.source;
      return this.options.store.ensureNamed(
        {
          namespace,
          holds: 'files',
          digest,
          owners: ownersOf(holders),
          content: content.content,
          isSame: (read) => isSnapshot(read, digest),
        },
        name,
        signal,
      );
    }
    return undefined;
  }

  private tell(holders: readonly Holder[], name: string, why: string): void {
    for (const holder of holders.filter((each) => !isOwned(each) && each.kind.kind !== 'ControllerRevision')) {
      this.options.events.report(holder, {
        reason: 'RevisionNotStored',
        note: `the revision ${name} does not exist: ${why}`,
        state: name,
      });
    }
  }
}

/** The ConfigMaps that a revision may be a copy of. */
function sourceNamesOf(holder: Holder, name: string): readonly string[] {
  const reference = referenceOf(holder);
  const code = holder.stamp?.code;
  if (reference?.type !== 'configmap' || code?.type !== 'files') return [];
  const source = reference.names[code.names.indexOf(name)];
  return source === undefined ? [] : [source];
}

/** A later change is looked at again, as soon as that is known. */
async function ignoringChanges(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof ApiError) || ![404, 409, 422].includes(error.status)) throw error;
  }
}

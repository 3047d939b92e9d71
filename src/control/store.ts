/** Makes, keeps and removes the ConfigMaps of revisions. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type ApiServer } from '../api-server/api-server.ts';
import { within } from '../api-server/deadline.ts';
import { valueAt } from '../manifests/templates.ts';
import { revisionName, SHORTEST_HEX } from '../function/revision-name.ts';
import { revisionObject, type RevisionInput, type RevisionOwner } from '../revision/snapshot.ts';
import { CONTROL_NAME as FIELD_MANAGER } from '../installation/names.ts';
import { configMapsPath, readConfigMap, type ReadConfigMap } from './config-maps.ts';
import type { KnownRevision } from './known-revision.ts';
import type { ControlMetrics } from './metrics.ts';
import type { RecentRevisions } from './recent-revisions.ts';
import { RecentValues } from './recent-values.ts';
import type { View } from './view.ts';

export interface Wanted extends Omit<RevisionInput, 'name'> {
  /** Whether an object that is there already is what is wanted. */
  readonly isSame: (read: ReadConfigMap) => boolean;
  /** Whether an object with one of the names may be it; all may if it is left out. */
  readonly mayBe?: (known: KnownRevision) => boolean;
}

export type Stored =
  | { readonly type: 'stored'; readonly name: string }
  /** Another object has the name. */
  | { readonly type: 'taken' }
  /** The namespace is ending. */
  | { readonly type: 'gone' }
  | { readonly type: 'failed'; readonly problem: string };

export interface StoreOptions {
  readonly server: ApiServer;
  readonly view: View;
  readonly recent: Pick<RecentRevisions, 'made'>;
  readonly metrics: Pick<ControlMetrics, 'revisionStored' | 'revisionRemoved'>;
  /** Removes what nothing names. @returns whether there was anything */
  readonly makeRoom: (namespace: string, signal: AbortSignal) => Promise<boolean>;
}

const WRITE_MILLISECONDS = 10_000;
/** The API server counts again a moment after something was removed. */
const ROOM_PAUSES = [500, 1000, 2000, 4000] as const;
/** How many objects that were made are remembered until the watch shows them. */
const MADE = 1000;
/** Digits of names, if the shorter ones are taken. */
export const DIGITS = [SHORTEST_HEX, 16, 32, 64] as const;

export class Store {
  /** Objects that were read and found to be what their name says; nobody can change them. */
  private readonly sound = new Set<string>();
  /** By namespace and name: objects that were made here, and that the watch may not have shown yet. */
  private readonly made = new RecentValues<true>(MADE);

  constructor(private readonly options: StoreOptions) {}

  /** Under the first name that is free, or that holds it already. */
  async ensure(wanted: Wanted & { readonly base: string }, signal: AbortSignal): Promise<Stored> {
    for (const digits of DIGITS) {
      const name = revisionName(wanted.base, wanted.digest, digits);
      const known = this.options.view.revisions.get(wanted.namespace, name);
      if (known !== undefined && wanted.mayBe?.(known) === false) continue;
      const stored = await this.ensureNamed(wanted, name, signal);
      if (stored.type !== 'taken') return stored;
    }
    return { type: 'taken' };
  }

  /** Under one name, which a template has already. */
  async ensureNamed(wanted: Wanted, name: string, signal: AbortSignal): Promise<Stored> {
    const known = this.options.view.revisions.get(wanted.namespace, name);
    if (known !== undefined && !known.isEnding) {
      if (this.sound.has(known.uid)) return { type: 'stored', name };
      return this.existing(wanted, name, signal);
    }
    return (await this.justMade(wanted, name, signal)) ?? this.create(wanted, name, signal);
  }

  /** To read it costs less than to send all of it again, only to hear that it is there. */
  private async justMade(wanted: Wanted, name: string, signal: AbortSignal): Promise<Stored | undefined> {
    const key = `${wanted.namespace}/${name}`;
    if (this.made.get(key) !== true) return undefined;
    this.made.delete(key);
    const read = await readConfigMap(this.options.server, wanted.namespace, name, signal);
    return read === undefined || read.isEnding ? undefined : this.found(wanted, read, name);
  }

  /** Adds and removes owners. */
  async own(revision: KnownRevision, owners: readonly RevisionOwner[], signal: AbortSignal): Promise<void> {
    const { namespace, name, version } = revision;
    await this.write(signal, {
      method: 'PATCH',
      path: `${configMapsPath(namespace)}/${encodeURIComponent(name)}`,
      contentType: 'application/merge-patch+json',
      // With the version, a patch of anything newer is a conflict.
      body: { metadata: { resourceVersion: version, ownerReferences: owners } },
    });
  }

  async remove({ namespace, name, uid, version, holds }: KnownRevision, signal: AbortSignal): Promise<void> {
    await this.write(signal, {
      method: 'DELETE',
      path: `${configMapsPath(namespace)}/${encodeURIComponent(name)}`,
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion: version } },
    });
    this.sound.delete(uid);
    this.made.delete(`${namespace}/${name}`);
    this.options.metrics.revisionRemoved(holds);
  }

  private async create(wanted: Wanted, name: string, signal: AbortSignal): Promise<Stored> {
    const { namespace, holds } = wanted;
    const body = revisionObject({ ...wanted, name });
    for (let attempt = 0; ; attempt += 1) {
      try {
        const made = await this.write(signal, { method: 'POST', path: configMapsPath(namespace), body });
        this.sound.add(String(valueAt(made, ['metadata', 'uid'])));
        this.options.recent.made(made, name);
        this.made.set(`${namespace}/${name}`, true, 1);
        this.options.metrics.revisionStored(holds);
        return { type: 'stored', name };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const { status, message } = error;
        if (status === 409) return this.existing(wanted, name, signal);
        if (status === 404 || message.includes('is being terminated')) return { type: 'gone' };
        const isFull = status === 403 && message.includes('exceeded quota');
        const isWorthIt = isFull && attempt < ROOM_PAUSES.length;
        if (isWorthIt && (attempt > 0 || (await this.options.makeRoom(namespace, signal)))) {
          await sleep(ROOM_PAUSES[attempt], undefined, { signal });
          continue;
        }
        if (status === 403 || status === 413 || status === 422 || status === 400) {
          return { type: 'failed', problem: `the revision ${name} cannot be stored: ${message}` };
        }
        throw error;
      }
    }
  }

  private async existing(wanted: Wanted, name: string, signal: AbortSignal): Promise<Stored> {
    const read = await readConfigMap(this.options.server, wanted.namespace, name, signal);
    // It vanished since, or is about to.
    if (read === undefined || read.isEnding) throw new Error(`${wanted.namespace}/${name} is being deleted`);
    return this.found(wanted, read, name);
  }

  private found(wanted: Wanted, read: ReadConfigMap, name: string): Stored {
    if (!wanted.isSame(read)) return { type: 'taken' };
    this.sound.add(read.uid);
    return { type: 'stored', name };
  }

  private write(signal: AbortSignal, change: Parameters<ApiServer['change']>[0]): Promise<unknown> {
    return within(signal, WRITE_MILLISECONDS, (deadline) =>
      this.options.server.change(
        change.method === 'DELETE' ? change : { query: { fieldManager: FIELD_MANAGER }, ...change },
        deadline,
      ),
    );
  }
}

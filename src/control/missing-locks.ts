/** Locks that a template names and that do not exist yet: the webhook stamps a first apply before anybody resolved its lock. */
import { basisOf, TooBusy, type SourceJudge } from '../admission/judgement.ts';
import type { ApiServer } from '../api-server/api-server.ts';
import type { Configuration } from '../config/configuration.ts';
import { sourceOfConfigMaps, type ConfigMapSource } from '../function/config-maps.ts';
import type { Exceptions } from '../exceptions/exceptions.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import { digestOf, type SourceFiles } from '../function/files.ts';
import { mayRefuse } from '../release-rules/list.ts';
import type { ReleaseRules } from '../release-rules/rules.ts';
import { revisionOf } from '../revision/derive.ts';
import { lockDigest } from '../revision/lock-inputs.ts';
import { isNamedBy, parseRevisionName } from '../function/revision-name.ts';
import { contentOf, type StoredLock } from '../revision/stored-lock.ts';
import { readConfigMap, sourceOf, storedLockOf } from './config-maps.ts';
import type { DeniedList } from '../denied/list.ts';
import { refusalOfFacts } from './denied-lock.ts';
import { definitionOf } from './definition-of.ts';
import type { Events } from './events.ts';
import type { GitSources } from './git-sources.ts';
import { isOwned, type Holder } from './holder.ts';
import { refusalFor } from './compared-lock.ts';
import { releaseRulesOf } from './judge-revision.ts';
import type { Locks, WantedLock } from './locks.ts';
import type { Note } from './release-notes.ts';
import { ownersOf } from './owners.ts';
import type { Again } from './queue.ts';
import { referenceOf } from './reference.ts';
import type { Sources } from './sources.ts';
import type { Store } from './store.ts';
import type { View } from './view.ts';

export interface MissingLocksOptions {
  readonly server: ApiServer;
  readonly view: View;
  readonly sources: Sources;
  readonly git: GitSources | undefined;
  readonly locks: Locks;
  readonly store: Store;
  readonly events: Events;
  readonly judge: SourceJudge;
  readonly exceptions: () => Exceptions;
  readonly denied: () => DeniedList;
  readonly configuration: () => Configuration;
}

export interface MissingLock {
  readonly namespace: string;
  readonly name: string;
  /** Whose templates name it. */
  readonly holders: readonly Holder[];
  /** It has been missing for so long that nothing else is on its way. */
  readonly isLate: boolean;
}

interface Told {
  readonly lock: StoredLock;
  readonly notes?: readonly Note[];
}

const SOON = 500;
const LATER = 60_000;

const NO_INPUTS: Extract<StoredLock, { readonly kind: 'none' }> = {
  kind: 'none',
  problem: 'the files that the lock was to be resolved from have changed since',
  fix: 'no action needed: the next rollout has a lock of its own',
  details: [],
};

export class MissingLocks {
  constructor(private readonly options: MissingLocksOptions) {}

  async make(missing: MissingLock, again: () => void, signal: AbortSignal): Promise<Again> {
    const { namespace, name, holders, isLate } = missing;
    const { locks, configuration } = this.options;
    if (configuration().revisions.locks === 'author' && !isLate) return SOON;
    for (const holder of holders.filter(({ stamp }) => stamp?.lock === name)) {
      const asked = await this.inputsOf(holder, name, again, signal);
      if (asked === 'later') return LATER;
      if (asked === undefined) continue;
      const owners = ownersOf(holders);
      const found = locks.find(
        { namespace, name, ...asked, owners, current: undefined, isNamed: true, isRequired: false },
        () => {
          // It exists then, and is not missing any more.
          const known = locks.known(namespace, name);
          if (known !== undefined) this.tellOf(missing, known);
          again();
        },
      );
      switch (found.type) {
        case 'later':
        case 'gone':
          return undefined;
        case 'refused':
        case 'found':
          this.tellOf(missing, found);
          return undefined;
        case 'failed':
          this.tell(missing, { reason: 'LockNotResolved', note: found.note });
          return LATER;
      }
    }
    if (!isLate) return SOON;
    // Pods wait for it: they learn that there is none.
    const stored = await this.options.store.ensureNamed(
      {
        namespace,
        holds: 'lock',
        // Of inputs that nobody knows any more, so only the beginning that is in the name.
        digest: `sha256:${(parseRevisionName(name)?.hex ?? '').padEnd(64, '0')}`,
        owners: ownersOf(holders),
        content: contentOf(mayRefuse(this.rulesIn(namespace)) ? refusalFor(NO_INPUTS) : NO_INPUTS) ?? {},
        isSame: (read) => storedLockOf(read) !== undefined,
      },
      name,
      signal,
    );
    if (stored.type === 'failed') this.tell(missing, { reason: 'LockNotResolved', note: stored.problem });
    return undefined;
  }

  private rulesIn(namespace: string, definition?: Pick<FunctionDefinition, 'name'>): ReleaseRules | undefined {
    const labels = this.options.view.namespaces.get('', namespace)?.labels ?? {};
    return releaseRulesOf({
      namespace,
      labels,
      configuration: this.options.configuration(),
      exceptions: this.options.exceptions(),
      ...(definition !== undefined && { definition }),
    });
  }

  /** What a lock was named after; undefined if that is not to be found any more. */
  private async inputsOf(
    holder: Holder,
    name: string,
    again: () => void,
    signal: AbortSignal,
  ): Promise<Pick<WantedLock, 'inputs' | 'refusal'> | 'later' | undefined> {
    const configuration = this.options.configuration();
    const defined = definitionOf(holder, configuration);
    if (defined === undefined || 'findings' in defined || holder.stamp === undefined) return undefined;
    const files = await this.filesOf(holder, again, signal);
    if (files === 'later' || files === undefined) return files;
    const { definition } = defined;
    const basis = basisOf(configuration, definition.runtime.language);
    const { namespace, stamp } = holder;
    const facts = await this.options.judge({ namespace, files: files.files, digest: digestOf(files.files), basis });
    if (facts instanceof TooBusy) return 'later';
    const { code } = stamp;
    const rules = this.rulesIn(namespace, definition);
    // Of files that no webhook has seen.
    const refusal = code.type === 'commit' ? refusalOfFacts(facts, this.options.denied()) : undefined;
    for (let refresh = files.refresh; refresh >= Math.max(0, files.refresh - MOST_REFRESHES); refresh -= 1) {
      // A list may have come, or gone, since the template was stamped.
      for (const isDenying of code.type === 'commit' ? [true, false] : [false]) {
        const { lock } = revisionOf({
          state: {
            code: code.type === 'commit' ? code : { type: 'files', parts: files.parts },
            refresh,
          },
          files: files.files,
          lacksLock: facts.lacksLock,
          definition,
          rules,
          isDenying,
          configuration,
        });
        if (lock !== undefined && isNamedBy(lockDigest(lock), name)) return { inputs: lock, refusal };
      }
    }
    return undefined;
  }

  /** The files that a template runs: of the source if it still has them, else of the snapshot. */
  private async filesOf(
    holder: Holder,
    again: () => void,
    signal: AbortSignal,
  ): Promise<
    | { files: SourceFiles; refresh: number; parts: readonly { readonly name: string; readonly digest: string }[] }
    | 'later'
    | undefined
  > {
    const reference = referenceOf(holder);
    const code = holder.stamp?.code;
    if (code?.type === 'commit') {
      if (reference?.type !== 'git' || this.options.git === undefined) return undefined;
      const read = this.options.git.read(holder, reference, code.commit, again);
      if (read.type === 'files') return { files: read.files, refresh: holder.refresh, parts: [] };
      return read.type === 'later' ? 'later' : undefined;
    }
    if (code === undefined || reference?.type !== 'configmap') return undefined;
    const read: ConfigMapSource[] = [];
    let refresh = 0;
    for (const [index, revision] of code.names.entries()) {
      const name = reference.names[index] ?? '';
      const live = await this.options.sources.content(holder.namespace, name, signal);
      refresh += live?.source.refresh ?? 0;
      if (live !== undefined && isNamedBy(live.source.digest, revision)) {
        read.push(live.source);
        continue;
      }
      const snapshot = await readConfigMap(this.options.server, holder.namespace, revision, signal);
      if (snapshot === undefined) return undefined;
      const source = sourceOf(snapshot);
      read.push(source.type === 'files' ? { ...source, name } : source);
    }
    const source = sourceOfConfigMaps(read);
    return source.type === 'files' ? { files: source.files, refresh, parts: source.parts } : undefined;
  }

  private tellOf(missing: MissingLock, { lock, notes = [] }: Told): void {
    for (const note of notes) this.tell(missing, note);
    if (lock.kind !== 'none' && lock.kind !== 'refused') return;
    const details = lock.kind === 'refused' ? lock.details : [];
    const note = [`${lock.problem}; ${lock.fix}`, ...details].join('\n');
    this.tell(missing, { reason: 'LockNotResolved', note });
  }

  private tell({ name, holders }: MissingLock, note: Note): void {
    for (const holder of holders.filter((each) => !isOwned(each))) {
      this.options.events.report(holder, { ...note, state: name });
    }
  }
}

/** A template may be from before the last ones. */
const MOST_REFRESHES = 20;

/** Who has which source, and who names which revision. */
import { formatSource } from '../function/source.ts';
import { repositoryOf } from '../push/repository.ts';
import { baseOf, parseRevisionName } from '../function/revision-name.ts';
import { namesOf } from '../function/stamp.ts';
import { holderKey, isOwned, type Holder } from './holder.ts';
import { functionOf, referenceOf } from './reference.ts';
import { Sets } from './sets.ts';

export const baseKey = (namespace: string, base: string): string => `${namespace}/${base}`;

/** Workloads of a namespace with the same source. @returns undefined for a source that cannot be read */
export function groupKey(holder: Holder): string | undefined {
  const reference = referenceOf(holder);
  return reference === undefined ? undefined : `${holder.namespace} ${formatSource(reference)}`;
}

/** Of the revisions that a template names. */
export const namedBases = ({ stamp }: Holder): readonly string[] =>
  stamp === undefined ? [] : namesOf(stamp).map((name) => parseRevisionName(name)?.base ?? '');

/** Of the revisions that the source of a template has. */
export function sourceBases(holder: Holder): readonly string[] {
  const reference = referenceOf(holder);
  return reference?.type === 'configmap' ? reference.names.map(baseOf) : [baseOf(functionOf(holder))];
}

export class HolderIndex {
  private readonly holders = new Map<string, Holder>();
  private readonly uids = new Set<string>();
  private readonly groups = new Sets();
  /** Namespace to workloads. */
  private readonly workloads = new Sets();
  /** ConfigMap to groups. */
  private readonly readers = new Sets();
  /** Repository to groups. */
  private readonly followers = new Sets();
  private readonly usersOfBase = new Sets();
  private readonly namers = new Sets();
  private readonly namesOfBase = new Sets();

  change(before: Holder | undefined, after: Holder | undefined): void {
    if (before !== undefined) this.update(before, 'delete');
    if (after !== undefined) this.update(after, 'add');
  }

  /** @param key as `holderKey` has it */
  get(key: string): Holder | undefined {
    return this.holders.get(key);
  }

  /** Whether an object with this uid is among them. */
  isKnown(uid: string): boolean {
    return this.uids.has(uid);
  }

  groupKeys(): readonly string[] {
    return [...this.groups.keys()];
  }

  /** The workloads of a group, by name. */
  group(key: string): readonly Holder[] {
    return this.resolve(this.groups.of(key)).sort((a, b) => (holderKey(a) < holderKey(b) ? -1 : 1));
  }

  /** Namespaces with workloads of Functions. */
  namespaces(): readonly string[] {
    return [...this.workloads.keys()];
  }

  /** The workloads of Functions of a namespace, without their history, whatever their source. */
  workloadsIn(namespace: string): readonly Holder[] {
    return this.resolve(this.workloads.of(namespace));
  }

  /** Workloads of Functions, without their history. */
  countWorkloads(): number {
    return this.groupKeys().reduce((sum, key) => sum + this.groups.of(key).size, 0);
  }

  /** Groups whose code is in a ConfigMap. */
  readersOf(namespace: string, configMap: string): readonly string[] {
    return [...this.readers.of(`${namespace}/${configMap}`)];
  }

  /** Groups whose code is in a Git repository; as `repositoryOf` has it. */
  followersOf(repository: string): readonly string[] {
    return [...this.followers.of(repository)];
  }

  /** The workloads that have their code from a base now. */
  users(key: string): readonly Holder[] {
    return this.resolve(this.usersOfBase.of(key));
  }

  /** Workloads and their history whose template names a revision. */
  naming(namespace: string, name: string): readonly Holder[] {
    return this.resolve(this.namers.of(`${namespace}/${name}`));
  }

  /** Names of revisions with a base that templates name. */
  named(key: string): readonly string[] {
    return [...this.namesOfBase.of(key)];
  }

  namedBaseKeys(): readonly string[] {
    return [...this.namesOfBase.keys()];
  }

  private resolve(keys: ReadonlySet<string>): Holder[] {
    return [...keys].flatMap((key) => this.holders.get(key) ?? []);
  }

  private update(holder: Holder, change: 'add' | 'delete'): void {
    const key = holderKey(holder);
    const { namespace, stamp } = holder;
    if (change === 'add') {
      this.holders.set(key, holder);
      this.uids.add(holder.uid);
    } else {
      this.holders.delete(key);
      this.uids.delete(holder.uid);
    }
    if (holder.kind.rolls && !isOwned(holder)) this.updateGroup(holder, key, change);
    for (const name of stamp === undefined ? [] : namesOf(stamp)) {
      const full = `${namespace}/${name}`;
      this.namers[change](full, key);
      const base = baseKey(namespace, parseRevisionName(name)?.base ?? '');
      if (change === 'add') this.namesOfBase.add(base, name);
      else if (!this.namers.has(full)) this.namesOfBase.delete(base, name);
    }
  }

  private updateGroup(holder: Holder, key: string, change: 'add' | 'delete'): void {
    const { namespace } = holder;
    this.workloads[change](namespace, key);
    const group = groupKey(holder);
    const reference = referenceOf(holder);
    if (group !== undefined) {
      this.groups[change](group, key);
      const isLast = change === 'delete' && !this.groups.has(group);
      if (change === 'add' || isLast) {
        if (reference?.type === 'configmap') {
          for (const name of reference.names) this.readers[change](`${namespace}/${name}`, group);
        } else if (reference?.type === 'git') {
          const repository = repositoryOf(reference.url);
          if (repository !== undefined) this.followers[change](repository, group);
        }
      }
    }
    for (const base of sourceBases(holder)) this.usersOfBase[change](baseKey(namespace, base), key);
  }
}

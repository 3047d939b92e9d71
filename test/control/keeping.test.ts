import { describe, expect, it } from 'vitest';
import { planKeeping, type KeptBase } from '../../src/control/keeping.ts';
import type { KnownRevision } from '../../src/control/known-revision.ts';
import type { RevisionOwner } from '../../src/revision/snapshot.ts';
import { knownRevision } from './known-revision.ts';

const owner = (name: string): RevisionOwner => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name,
  uid: `uid-of-${name}`,
});

/** The revision of a minute; a later one is newer. */
const revision = (minute: number, changes: Partial<KnownRevision> = {}): KnownRevision =>
  knownRevision(`hello-${String(minute).padStart(10, '0')}`, `2026-11-28T10:${String(minute).padStart(2, '0')}:00Z`, {
    holds: 'files',
    owners: [owner('hello')],
    ...changes,
  });
const all = (count: number): readonly KnownRevision[] => Array.from({ length: count }, (_, minute) => revision(minute));

/** One Deployment, hello, that names what is given. */
const plan = (existing: readonly KnownRevision[], named: readonly number[], changes: Partial<KeptBase> = {}) => {
  const names = named.map((minute) => revision(minute).name);
  const planned = planKeeping({
    existing,
    ownersOf: (name) => (names.includes(name) ? [owner('hello')] : []),
    isInUse: () => false,
    isUsed: true,
    mayOwn: () => true,
    history: 3,
    ...changes,
  });
  return { ...planned, removed: planned.remove.map(({ created }) => Number(created.slice(14, 16))) };
};

describe('revisions that nothing names', () => {
  it('are kept, the newest of them', () => {
    expect(plan(all(6), [5]).removed).toEqual([1, 0]);
  });

  it('are counted without those that a template or its history names, however old', () => {
    expect(plan(all(6), [0, 1, 5]).removed).toEqual([]);
    expect(plan(all(7), [0, 6]).removed).toEqual([2, 1]);
  });

  it('are counted for files and for locks each', () => {
    const locks = all(5).map((each) => ({ ...each, name: `${each.name}ff`, holds: 'lock' as const }));
    expect(plan([...all(5), ...locks], [4]).removed).toEqual([0, 1, 0]);
  });

  it('are not removed while a Pod runs them or a rollout is about to name them, and looked at again', () => {
    const { removed, lookAgain } = plan(all(6), [5], { isInUse: (name) => name === revision(0).name });
    expect({ removed, lookAgain }).toEqual({ removed: [1], lookAgain: true });
  });

  it('are all removed if no workload has its code from there any more', () => {
    expect(plan(all(3), [], { isUsed: false }).removed).toEqual([2, 1, 0]);
    expect(plan(all(3), [1], { isUsed: false }).removed).toEqual([]);
  });
});

describe('the owners of a revision', () => {
  it('are the workloads that name it', () => {
    const other = revision(1, { owners: [] });
    expect(plan([other], [1]).own).toEqual([{ revision: other, owners: [owner('hello')] }]);
    expect(plan([revision(1)], [1]).own).toEqual([]);
  });

  it('stay if nothing names it, so that it goes with them', () => {
    expect(plan([revision(1, { owners: [owner('gone')] })], []).own).toEqual([]);
  });

  it('are without a workload that has its code from elsewhere now', () => {
    const shared = revision(1, { owners: [owner('hello'), owner('moved')] });
    const { own } = plan([shared], [1], { mayOwn: (uid) => uid !== 'uid-of-moved' });
    expect(own).toEqual([{ revision: shared, owners: [owner('hello')] }]);
  });
});

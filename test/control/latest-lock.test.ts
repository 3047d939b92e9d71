import { describe, expect, it } from 'vitest';
import { latestLock } from '../../src/control/latest-lock.ts';
import { knownRevision } from './known-revision.ts';

const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello', uid: 'hello' };
const lock: typeof knownRevision = (name, created, changes) =>
  knownRevision(name, created, { owners: [owner], ...changes });

describe('the lock that the next one starts from', () => {
  it('is the newest that the workload had', () => {
    const existing = [lock('a', '2026-01-01'), lock('c', '2026-03-01'), lock('b', '2026-02-01')];
    expect(latestLock(existing, 'wanted', [owner])).toBe('c');
  });

  it('is not the wanted one, one of another workload, one that is being deleted, or files', () => {
    const existing = [
      lock('a', '2026-01-01'),
      lock('wanted', '2026-05-01'),
      lock('others', '2026-05-01', { owners: [{ ...owner, uid: 'other' }] }),
      lock('ending', '2026-05-01', { isEnding: true }),
      lock('files', '2026-05-01', { holds: 'files' }),
    ];
    expect(latestLock(existing, 'wanted', [owner])).toBe('a');
    expect(latestLock([], 'wanted', [owner])).toBeUndefined();
  });
});

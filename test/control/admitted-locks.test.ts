import { describe, expect, it } from 'vitest';
import { admittedLocks } from '../../src/control/admitted-locks.ts';
import { knownRevision as lock } from './known-revision.ts';

const THREE = [lock('one', '2026-01-01'), lock('three', '2026-03-01'), lock('two', '2026-02-01')];
const nobody = (): boolean => false;

describe('the last lock of a source that was admitted', () => {
  it('is the one of the workload, also after an undo, and of another source', () => {
    expect(admittedLocks(THREE, 'wanted', 'one', nobody)[0]).toBe('one');
    expect(admittedLocks(THREE, 'wanted', 'other-base', nobody)[0]).toBe('other-base');
  });

  it('is the one that Pods run, if the template names the wanted one already', () => {
    expect(admittedLocks(THREE, 'wanted', undefined, (name) => name === 'one')).toEqual(['one', 'three', 'two']);
    expect(admittedLocks(THREE, 'wanted', 'wanted', nobody)).toEqual(['three', 'two', 'one']);
  });

  it('is not the wanted one, one that is refused or being deleted, or files', () => {
    const existing = [
      lock('wanted', '2026-05-01'),
      lock('refused', '2026-05-01', { refusedUntil: '2026-06-01T00:00:00Z' }),
      lock('denied', '2026-05-02', { refusedBy: 'denied-0123456789abcdef' }),
      lock('ending', '2026-05-01', { isEnding: true }),
      lock('files', '2026-05-01', { holds: 'files' }),
    ];
    expect(admittedLocks(existing, 'wanted', undefined, nobody)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { RUNTIMES } from '../../src/function/runtimes.ts';
import { revisionOf, type RevisionInput } from '../../src/revision/derive.ts';
import { lockDigest } from '../../src/revision/lock-inputs.ts';
import { isNamedBy } from '../../src/function/revision-name.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const runtime = RUNTIMES.nodejs22;
if (runtime === undefined) throw new Error('nodejs22 is gone');

const input = (changes: Partial<RevisionInput> = {}): RevisionInput => ({
  state: { code: { type: 'files', parts: [{ name: 'hello', digest: DIGEST }] }, refresh: 0 },
  files: new Map([['package.json', Buffer.from('{}')]]),
  lacksLock: true,
  definition: { name: 'hello', runtime },
  configuration: DEFAULT_CONFIGURATION,
  ...changes,
});

describe('the revision of a source', () => {
  it('names a snapshot for each ConfigMap, and the lock by all that it is resolved from', () => {
    const parts = ['hello', 'lib'].map((name) => ({ name, digest: DIGEST }));
    const { stamp, lock } = revisionOf(input({ state: { code: { type: 'files', parts }, refresh: 0 } }));
    expect(stamp.code).toEqual({ type: 'files', names: ['hello-ababababab', 'lib-ababababab'] });
    expect(stamp.lock).toMatch(/^hello-/);
    expect(lock && isNamedBy(lockDigest(lock), stamp.lock ?? '')).toBe(true);
  });

  it('has no lock of the controller if the author brings one, or if only authors may', () => {
    const { revisions } = DEFAULT_CONFIGURATION;
    const authors = { ...DEFAULT_CONFIGURATION, revisions: { ...revisions, locks: 'author' as const } };
    expect(revisionOf(input({ lacksLock: false })).stamp.lock).toBeUndefined();
    expect(revisionOf(input({ configuration: authors })).stamp.lock).toBeUndefined();
  });

  it('has no lock of the controller for a Python image with musl, for which wheels of the lock would not fit', () => {
    const { python312 } = RUNTIMES;
    if (python312 === undefined) throw new Error('python312 is gone');
    const lockOf = (libc: 'glibc' | 'musl'): string | undefined =>
      revisionOf(input({ definition: { name: 'hello', runtime: { ...python312, libc } } })).stamp.lock;
    expect(lockOf('musl')).toBeUndefined();
    expect(lockOf('glibc')).toBeDefined();
  });

  it('is the commit of a Git source, with a lock named after the Function', () => {
    const code = { type: 'commit' as const, commit: 'c'.repeat(40) };
    const { stamp } = revisionOf(input({ state: { code, refresh: 2 } }));
    expect(stamp.code).toEqual(code);
    expect(stamp.lock).toMatch(/^hello-[0-9a-f]{10}$/);
  });
});

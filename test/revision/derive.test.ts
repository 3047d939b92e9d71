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
  definition: { name: 'hello', runtime, source: { type: 'configmap', names: ['hello'] } },
  isDenying: false,
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
      revisionOf(input({ definition: { ...input().definition, runtime: { ...python312, libc } } })).stamp.lock;
    expect(lockOf('musl')).toBeUndefined();
    expect(lockOf('glibc')).toBeDefined();
  });

  it('is the commit of a Git source, with a lock named after the Function', () => {
    const code = { type: 'commit' as const, commit: 'c'.repeat(40) };
    const { stamp } = revisionOf(input({ state: { code, refresh: 2 } }));
    expect(stamp.code).toEqual(code);
    expect(stamp.lock).toMatch(/^hello-[0-9a-f]{10}$/);
  });

  describe('of a commit that is compared, as admission names it without a look at the files', () => {
    const git = { type: 'git', url: 'https://git.example/a' } as const;
    const at = (commit: string, changes: Partial<RevisionInput> = {}): string | undefined =>
      revisionOf(
        input({
          state: { code: { type: 'commit', commit }, refresh: 0 },
          definition: { ...input().definition, source: { ...git, ref: 'main' } },
          rules: { age: { seconds: 3600, exceptions: [], unknown: 'refuse' } },
          ...changes,
        }),
      ).stamp.lock;
    const [one, two] = ['1'.repeat(40), '2'.repeat(40)];

    it('has a verdict whose name depends on commit and rules alone', () => {
      const seen = at(one, { files: new Map([['package.json', Buffer.from('{"dependencies":{"a":"1.0.0"}}')]]) });
      expect(seen).toMatch(/^hello-/);
      expect(at(one, { files: new Map(), lacksLock: false })).toBe(seen);
      const named = { ...input().definition, source: { ...git, ref: one } };
      expect(at(one, { definition: named })).toBe(seen);
      expect(at(two)).not.toBe(seen);
      expect(at(one, { rules: { age: { seconds: 7200, exceptions: [], unknown: 'refuse' } } })).not.toBe(seen);
      expect(
        at(one, { definition: { ...named, source: { ...git, url: 'https://git.example/b', ref: one } } }),
      ).not.toBe(seen);
    });

    it('has one also without rules while anything is denied, and without either only if it lacks a lock', () => {
      const unruled = { rules: undefined, files: new Map(), lacksLock: false };
      expect(at(one, { ...unruled, isDenying: true })).toMatch(/^hello-/);
      expect(at(one, unruled)).toBeUndefined();
    });
  });
});

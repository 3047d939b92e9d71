import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { filesOfConfigMap, type SourceFiles } from '../../src/function/files.ts';
import { lockDigest, type LockInputs } from '../../src/revision/lock-inputs.ts';
import { contentOf, parseStoredLock, withLock, type StoredLock } from '../../src/revision/stored-lock.ts';

const filesOf = (files: Record<string, string>): SourceFiles =>
  new Map(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)]));

const inputs = (changes: Partial<LockInputs> = {}): LockInputs => ({
  files: filesOf({ 'package.json': '{}', 'handler.js': 'one' }),
  language: 'nodejs',
  version: '22',
  settings: { registries: [] },
  refresh: 0,
  ...changes,
});

const reasonWith = (lines: number): string =>
  JSON.stringify({ problem: 'a', fix: 'b', details: Array(lines).fill('c') });

describe('what a lock depends on', () => {
  it('is not the code: an edit of a handler moves no dependency', () => {
    const edited = inputs({ files: filesOf({ 'package.json': '{}', 'handler.js': 'two' }) });
    expect(lockDigest(edited)).toBe(lockDigest(inputs()));
  });

  it.each<[string, Partial<LockInputs>]>([
    ['the manifest', { files: filesOf({ 'package.json': '{"a":1}' }) }],
    ['settings of npm', { files: filesOf({ 'package.json': '{}', '.npmrc': 'registry=https://r.example/' }) }],
    ['the version of the language', { version: '24' }],
    ['the language', { language: 'python' }],
    ['registries that are allowed', { settings: { registries: ['https://r.example/'] } }],
    ['the Secret with credentials', { registry: 'private' }],
    ['a refresh', { refresh: 1 }],
    ['an age', { rules: { age: { seconds: 60, exceptions: [], unknown: 'refuse' } } }],
    ['what a loss of provenance does', { rules: { provenance: { lost: 'warn', exceptions: [] } } }],
  ])('is %s', (_, changes) => {
    expect(lockDigest(inputs(changes))).not.toBe(lockDigest(inputs()));
  });
});

const KNOWN = ['package-lock.json', 'pylock.toml'];

const stored = (lock: StoredLock): StoredLock | undefined => {
  const content = contentOf(lock);
  if (content === undefined) return undefined;
  const read = filesOfConfigMap('lock', content);
  return 'files' in read ? parseStoredLock(read.files, KNOWN) : undefined;
};

describe('a lock in a ConfigMap', () => {
  it.each<[string, StoredLock]>([
    ['small', { kind: 'lock', file: 'package-lock.json', text: '{"lockfileVersion":3}' }],
    ['large', { kind: 'lock', file: 'package-lock.json', text: '{"é":"aaaaaaaaaa"}\n'.repeat(100_000) }],
    ['missing, with the reason', { kind: 'none', problem: 'no wheel', fix: 'use another', details: ['pip says so'] }],
  ])('is read as it was written: %s', (_, lock) => {
    expect(stored(lock)).toEqual(lock);
  });

  it('is readable with kubectl unless it is large', () => {
    expect(contentOf({ kind: 'lock', file: 'pylock.toml', text: 'lock-version = "1.0"' })).toEqual({
      data: { 'pylock.toml': 'lock-version = "1.0"' },
    });
  });

  it('is refused if no ConfigMap could hold it', () => {
    const text = randomBytes(2 * 1024 * 1024).toString('hex');
    expect(contentOf({ kind: 'lock', file: 'package-lock.json', text })).toBeUndefined();
  });

  it.each<[string, SourceFiles]>([
    ['nothing', new Map()],
    ['another file', filesOf({ '.npmrc': 'registry=https://evil.example/' })],
    ['two files', filesOf({ 'package-lock.json': '{}', 'pylock.toml': '' })],
    ['what is not compressed', filesOf({ 'package-lock.json.gz': 'plain' })],
    ['what unpacks to 32 MiB', new Map([['package-lock.json.gz', gzipSync(Buffer.alloc(32 * 1024 * 1024))]])],
    ['a reason that is not one', filesOf({ 'no-lock.json': '[]' })],
    ['a reason without details', filesOf({ 'no-lock.json': '{"problem":"a","fix":"b"}' })],
    ['a reason with details that are not text', filesOf({ 'no-lock.json': '{"problem":"a","fix":"b","details":[1]}' })],
    ['a reason with more details than are written', filesOf({ 'no-lock.json': reasonWith(51) })],
  ])('is not %s', (_, files) => {
    expect(parseStoredLock(files, KNOWN)).toBeUndefined();
  });

  it('is added to its source, in the order of the paths', () => {
    const files = filesOf({ 'handler.js': '', 'package.json': '{}' });
    const merged = withLock(files, { kind: 'lock', file: 'package-lock.json', text: '{}' });
    expect([...merged.keys()]).toEqual(['handler.js', 'package-lock.json', 'package.json']);
    expect(withLock(files, { kind: 'none', problem: '', fix: '', details: [] })).toBe(files);
  });
});

import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/function/files.ts';
import { revisionName } from '../../src/function/revision-name.ts';
import { revisionObject } from '../../src/revision/snapshot.ts';
import { contentOf, type StoredLock } from '../../src/revision/stored-lock.ts';
import { storedFiles, storedLock, TAKEN, type StoredObject } from '../../src/revision/stored.ts';

const DATA = { 'handler.js': 'one' };
const digest = digestOf(new Map([['handler.js', Buffer.from('one')]]));
const name = revisionName('hello', digest);

function objectOf(holds: 'files' | 'lock', content: object): StoredObject {
  const object = revisionObject({ namespace: 'default', name, holds, digest, owners: [], content });
  return { ...object, labels: object.metadata.labels };
}

const files = objectOf('files', { data: DATA });
const LOCK: StoredLock = { kind: 'lock', file: 'package-lock.json', text: '{}' };
const lock = objectOf('lock', contentOf(LOCK) ?? {});

describe('the files of a revision', () => {
  it('are read with the digest that the name was made of', () => {
    expect(storedFiles(name, files)).toMatchObject({ type: 'files', name, digest, labelled: true, refresh: 0 });
    expect(storedFiles(revisionName('hello', digest, 40), files)).toMatchObject({ digest });
  });

  it.each([
    ['files that somebody changed', name, { ...files, data: { 'handler.js': 'two' } }],
    ['an object that can change', name, { ...files, immutable: false }],
    ['an object without the labels', name, { ...files, labels: {} }],
    ['a lock', name, lock],
    ['what is not a source', name, { ...files, data: { '..': '' } }],
    ['the files of another name', 'hello-0000000000', files],
    ['a name that is not one of a revision', 'hello', files],
  ])('are not %s', (_, wanted, object) => {
    expect(storedFiles(wanted, object)).toBe(TAKEN);
  });
});

describe('the lock of a revision', () => {
  it('is read with a digest that stands for its text', () => {
    const read = storedLock(name, lock);
    expect(read).toMatchObject({ type: 'lock', lock: LOCK });
    const other = objectOf('lock', contentOf({ ...LOCK, text: '{ }' }) ?? {});
    expect(storedLock(name, other)).not.toMatchObject({ digest: 'digest' in read ? read.digest : '' });
  });

  it('may be the reason why there is none', () => {
    const none: StoredLock = { kind: 'none', problem: 'a', fix: 'b', details: ['c'] };
    expect(storedLock(name, objectOf('lock', contentOf(none) ?? {}))).toMatchObject({ lock: none });
  });

  it.each([
    ['an object that can change', { ...lock, immutable: false }],
    ['files', files],
    ['a lock with another file beside it', { ...lock, data: { ...lock.data, more: '' } }],
    ['a file of another name', objectOf('lock', { data: { 'yarn.lock': '' } })],
  ])('is not %s', (_, object) => {
    expect(storedLock(name, object)).toBe(TAKEN);
  });
});

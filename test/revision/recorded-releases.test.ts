import { describe, expect, it } from 'vitest';
import { filesOfConfigMap } from '../../src/function/files.ts';
import type { RecordedRelease } from '../../src/release-age/release.ts';
import { parseRecord, recordOf, type RecordedReleases } from '../../src/revision/recorded-releases.ts';
import { contentOf, parseStoredLock } from '../../src/revision/stored-lock.ts';

const ROOM = 1024 * 1024;
const ALL: RecordedRelease = {
  name: '@shop/cart',
  version: '1.0.0',
  published: '2026-03-31T00:21:00.000Z',
  confirmed: true,
  attested: true,
  publisher: 'trusted:github',
};
const many = (count: number): readonly RecordedRelease[] =>
  Array.from({ length: count }, (_, index) => ({ ...ALL, name: `package-${index}`, version: `1.${index}.0` }));

const readBack = (releases: readonly RecordedRelease[], room = ROOM): RecordedReleases | undefined => {
  const read = filesOfConfigMap('lock', recordOf(releases, 'nodejs', room).content);
  return 'files' in read ? parseRecord(read.files) : undefined;
};
const parsedText = (text: string): RecordedReleases | undefined =>
  parseRecord(new Map([['releases.json', Buffer.from(text)]]));

describe('what a revision records of its versions', () => {
  it.each<[string, readonly RecordedRelease[]]>([
    ['nothing', []],
    ['all that is known', [ALL, { name: 'axios', version: '1.14.1', attested: false, publisher: 'account' }]],
    ['a version of which nobody knows anything', [{ name: 'axios', version: '' }]],
    ['5,000 versions', many(5000)],
  ])('is read as it was written: %s', (_, releases) => {
    expect(readBack(releases)).toEqual({ language: 'nodejs', releases });
  });

  it('is readable with kubectl unless it is large, and compressed then', () => {
    expect(Object.keys(recordOf([ALL], 'nodejs', ROOM).content.data ?? {})).toEqual(['releases.json']);
    const { content } = recordOf(many(5000), 'nodejs', ROOM);
    expect(Object.keys(content.binaryData ?? {})).toEqual(['releases.json.gz']);
    expect(content.binaryData?.['releases.json.gz']?.length).toBeLessThan(200 * 1024);
  });

  it('says so if there is no room for it', () => {
    expect(recordOf(many(5000), 'nodejs', 1000).fits).toBe(false);
    expect(readBack(many(5000), 1000)).toEqual({ language: 'nodejs', releases: undefined });
  });

  it('leaves the lock next to it as it is', () => {
    for (const lock of [{ kind: 'checked' }, { kind: 'lock', file: 'package-lock.json', text: '{}' }] as const) {
      for (const releases of [[ALL], many(5000)]) {
        const { data, binaryData } = recordOf(releases, 'nodejs', ROOM).content;
        const read = filesOfConfigMap('lock', {
          data: { ...contentOf(lock)?.data, ...data },
          ...(binaryData && { binaryData }),
        });
        expect('files' in read ? parseStoredLock(read.files, ['package-lock.json']) : undefined).toEqual(lock);
      }
    }
  });

  it.each([
    ['not JSON', '{'],
    ['a list', '[]'],
    ['another language', '{"language":"cobol","releases":[]}'],
    ['without a list', '{"language":"nodejs","releases":{}}'],
  ])('is not read if it is %s', (_, text) => {
    expect(parsedText(text)).toBeUndefined();
  });

  it('of other forms counts only as far as it can be read', () => {
    const text = JSON.stringify({
      language: 'nodejs',
      releases: [
        null,
        { name: 1 },
        { name: 'a', version: '1', attested: 'yes', publisher: 'me', published: 'soon', more: 1 },
      ],
    });
    expect(parsedText(text)?.releases).toEqual([{ name: 'a', version: '1' }]);
  });
});

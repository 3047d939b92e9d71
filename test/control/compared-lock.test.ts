import { describe, expect, it } from 'vitest';
import { compared, notCompared } from '../../src/control/compared-lock.ts';
import { notesOf, recordBeside } from '../../src/control/release-notes.ts';
import type { RecordedRelease } from '../../src/release-age/release.ts';
import type { ReleaseRules } from '../../src/release-rules/rules.ts';
import type { ResolvedLock } from '../../src/resolve/resolver.ts';
import type { LockInputs } from '../../src/revision/lock-inputs.ts';
import { byRules } from '../../src/revision/refused-by.ts';
import { contentOf } from '../../src/revision/stored-lock.ts';

const BEFORE: readonly RecordedRelease[] = [{ name: 'axios', version: '1.14.0', attested: true }];
const LOCK: ResolvedLock = {
  file: 'package-lock.json',
  text: '{}',
  releases: { releases: [{ name: 'axios', version: '1.14.1', attested: false, confirmed: true }] },
};
const inputs = (rules?: ReleaseRules): LockInputs => ({
  files: new Map(),
  language: 'nodejs',
  version: '22',
  settings: { registries: [] },
  refresh: 0,
  ...(rules !== undefined && { rules }),
});
const lost = (mode: 'warn' | 'refuse'): LockInputs => inputs({ provenance: { lost: mode, exceptions: [] } });
const WHY = { problem: 'the lock cannot be read', fix: 'write it again', details: ['line 1'] };

describe('a lock that is compared with the revision before', () => {
  it('is refused if a package lost its provenance, with the code and the finding', () => {
    const { lock, outcomes } = compared(LOCK, lost('refuse'), BEFORE);
    expect(lock).toEqual({
      kind: 'refused',
      code: 'provenance-lost',
      problem: 'the loss of provenance refuses the dependencies of this revision',
      fix: 'do what each of these says',
      details: [expect.stringContaining('no registry shows a provenance attestation of axios 1.14.1')],
      by: byRules(lost('refuse').rules),
    });
    expect(outcomes).toEqual({ provenance: 'refused' });
  });

  it('passes with an Event if that only warns, and records what registries said', () => {
    const resolved = compared(LOCK, lost('warn'), BEFORE);
    expect(resolved.lock).toEqual({ kind: 'lock', file: 'package-lock.json', text: '{}' });
    expect(resolved.outcomes).toEqual({ provenance: 'warned' });
    expect(notesOf(resolved, undefined).map(({ reason }) => reason)).toEqual(['ProvenanceLost']);
    const content = recordBeside(contentOf(resolved.lock) ?? {}, resolved.lock, resolved, 'nodejs')?.content;
    expect(content?.data?.['releases.json']).toBe(
      '{"language":"nodejs","releases":[{"name":"axios","version":"1.14.1","confirmed":true,"attested":false}]}',
    );
  });

  it('passes if there is no revision before, or no rule', () => {
    expect(compared(LOCK, lost('refuse'), undefined)).toMatchObject({
      lock: { kind: 'lock' },
      outcomes: { provenance: 'passed' },
    });
    const unruled = compared({ file: LOCK.file, text: LOCK.text }, inputs(), undefined);
    expect(unruled).toEqual({
      lock: { kind: 'lock', file: 'package-lock.json', text: '{}' },
      warned: [],
      outcomes: {},
    });
    expect(recordBeside({}, unruled.lock, unruled, 'nodejs')).toBeUndefined();
  });

  it('is refused if nobody could compare it, and reported if the rule only warns', () => {
    expect(compared({ file: LOCK.file, text: LOCK.text }, lost('refuse'), BEFORE).lock.kind).toBe('refused');
    const author = notCompared(WHY, lost('warn'), { kind: 'checked' });
    expect(author.lock).toEqual({ kind: 'checked' });
    expect(notesOf(author, undefined)).toEqual([
      {
        reason: 'LockNotResolved',
        note: 'its versions were not compared with what registries say: the lock cannot be read; write it again\nline 1',
      },
    ]);
  });

  it('says that what registries said does not fit into its ConfigMap, and is stored without', () => {
    const releases = Array.from({ length: 5000 }, (_, index) => ({ name: `package-${index}`, version: '1.0.0' }));
    const lock = { kind: 'lock', file: 'package-lock.json', text: '{}' } as const;
    const large = { data: { 'package-lock.json': 'x'.repeat(990 * 1024) } };
    const record = recordBeside(large, lock, { lock, releases }, 'nodejs');
    expect(record?.fits).toBe(false);
    expect(record?.content.data?.['releases.json']).toBe('{"language":"nodejs","omitted":5000}');
    expect(notesOf({ lock, releases }, releases)).toEqual([
      { reason: 'ReleasesNotRecorded', note: expect.stringContaining('its 5000 packages does not fit') as string },
    ]);
  });
});

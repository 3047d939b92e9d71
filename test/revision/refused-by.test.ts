import { describe, expect, it } from 'vitest';
import { NOTHING_DENIED } from '../../src/denied/list.ts';
import type { ReleaseRules } from '../../src/release-rules/rules.ts';
import { byDenied, byRules, mayPass } from '../../src/revision/refused-by.ts';
import { contentOf, parseStoredLock, type RefusedLock } from '../../src/revision/stored-lock.ts';
import { configured } from '../denied/lists.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const LIST = configured({ nodejs: [{ name: 'left', versions: '*', reason: '' }] });
const RULES: ReleaseRules = { age: { seconds: 86_400, exceptions: [], unknown: 'refuse' } };
const refusers = { rules: RULES, denied: LIST };

describe('a refusal that is stored', () => {
  it('by denied versions stays while the list is the same, and may pass with any other', () => {
    const by = byDenied(LIST);
    expect(mayPass({ by }, NOW, refusers)).toBe(false);
    expect(mayPass({ by }, NOW, { ...refusers, rules: undefined })).toBe(false);
    expect(mayPass({ by }, NOW, { ...refusers, denied: NOTHING_DENIED })).toBe(true);
    expect(
      mayPass({ by }, NOW, {
        ...refusers,
        denied: configured({ nodejs: [{ name: 'right', versions: '*', reason: '' }] }),
      }),
    ).toBe(true);
  });

  it('by rules stays while they are the same, and may pass with an exception, a shorter age or none', () => {
    const by = byRules(RULES);
    const lifted = [{ package: 'left', code: 'release-too-young' as const }];
    const age = { seconds: 86_400, exceptions: [], unknown: 'refuse' as const };
    expect(mayPass({ by }, NOW, refusers)).toBe(false);
    expect(mayPass({ by }, NOW, { ...refusers, denied: NOTHING_DENIED })).toBe(false);
    expect(mayPass({ by }, NOW, { ...refusers, rules: { age: { ...age, lifted } } })).toBe(true);
    expect(mayPass({ by }, NOW, { ...refusers, rules: { age: { ...age, seconds: 3600 } } })).toBe(true);
    expect(mayPass({ by }, NOW, { ...refusers, rules: undefined })).toBe(true);
  });

  it('may pass once its time has come, and never if it says neither', () => {
    const by = byRules(RULES);
    expect(mayPass({ by, until: '2026-06-01T12:00:01Z' }, NOW, refusers)).toBe(false);
    expect(mayPass({ by, until: '2026-06-01T12:00:00Z' }, NOW, refusers)).toBe(true);
    expect(mayPass({}, NOW, refusers)).toBe(false);
  });

  it('keeps both in its ConfigMap', () => {
    const refused: RefusedLock = {
      kind: 'refused',
      code: 'dependency-denied',
      problem: 'a',
      fix: 'b',
      details: ['c'],
      until: '2026-06-01T12:00:00Z',
      by: byDenied(LIST),
    };
    const files = Object.entries(contentOf(refused)?.data ?? {}).map(
      ([key, text]) => [key, Buffer.from(text)] as const,
    );
    expect(parseStoredLock(new Map(files), ['package-lock.json'])).toEqual(refused);
  });
});

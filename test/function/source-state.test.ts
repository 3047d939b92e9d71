import { describe, expect, it } from 'vitest';
import { followedOf, refreshOf, type SourceState } from '../../src/function/source-state.ts';

const files = (parts: [string, string][], refresh = 0): SourceState => ({
  code: { type: 'files', parts: parts.map(([name, digest]) => ({ name, digest })) },
  refresh,
});

describe('the state of a source', () => {
  it('is a label of 32 hexadecimal digits', () => {
    expect(followedOf(files([['hello', 'sha256:aa']]))).toMatch(/^[0-9a-f]{32}$/);
  });

  it('differs by content, by name, by order, by refresh, and between files and a commit', () => {
    const states = [
      files([['hello', 'sha256:aa']]),
      files([['hello', 'sha256:ab']]),
      files([['other', 'sha256:aa']]),
      files([['hello', 'sha256:aa']], 1),
      files([
        ['hello', 'sha256:aa'],
        ['lib', 'sha256:bb'],
      ]),
      files([
        ['lib', 'sha256:bb'],
        ['hello', 'sha256:aa'],
      ]),
      { code: { type: 'commit' as const, commit: 'a'.repeat(40) }, refresh: 0 },
    ];
    expect(new Set(states.map(followedOf)).size).toBe(states.length);
  });

  it.each([
    [undefined, 0],
    ['3', 3],
    ['-1', 0],
    ['1e9', 0],
    ['', 0],
    ['12345678901', 0],
  ])('counts the refreshes of %j as %i', (text, count) => {
    expect(refreshOf(text)).toBe(count);
  });
});

import { describe, expect, it } from 'vitest';
import { readJudgeableSource } from '../../../../src/dependencies/npm/source.ts';
import type { SourceFiles } from '../../../../src/function/files.ts';
import { whyNotBun } from '../../../../src/installers/bun.ts';
import { INTEGRITY, sourceOf, told } from '../source-of.ts';
import { filesOf, TRICKS } from './tricks.ts';

const whyNotBunOf = (files: SourceFiles): string | undefined => whyNotBun(files, '22', readJudgeableSource(files));

describe('a lock that pins', () => {
  it('has nothing to report, and bun may install from it', () => {
    expect(told(filesOf({}))).toEqual([]);
    expect(whyNotBunOf(sourceOf(filesOf({})))).toBeUndefined();
  });
});

describe('a lock is refused at locked, and left to npm, with', () => {
  it.each(TRICKS)('$title', (trick) => {
    const files = filesOf(trick);
    const lines = told(files).filter((line) => line.includes('package-lock.json:'));
    expect(lines.join('\n')).toContain(trick.says);
    expect(whyNotBunOf(sourceOf(files))).toEqual(expect.any(String));
  });

  it('a name that stands twice, of which npm takes the last', () => {
    const text = JSON.stringify(filesOf({})['package-lock.json']);
    const twice = text.replace('"version":"1.0.0","integrity"', '"version":"9.9.9","version":"1.0.0","integrity"');
    expect(twice).not.toBe(text);
    expect(told({ ...filesOf({}), 'package-lock.json': twice }).join()).toContain(
      '"version" is in the lock a second time',
    );
  });

  it('the marks of a merge conflict in its strings, of which npm takes one side', () => {
    const lock = JSON.stringify(
      filesOf({
        packages: {
          'node_modules/b': { version: '1.0.0', integrity: INTEGRITY, bin: { '<<<<<<<': '=======', x: '>>>>>>>' } },
        },
      })['package-lock.json'],
    );
    expect(told({ ...filesOf({}), 'package-lock.json': lock }).join()).toContain('marks of a merge conflict');
  });
});

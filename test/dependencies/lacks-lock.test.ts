import { describe, expect, it } from 'vitest';
import { judge } from '../../src/admission/judgement.ts';
import { lacksLock } from '../../src/dependencies/lacks-lock.ts';
import { DEFAULT_DEPENDENCY_SETTINGS } from '../../src/dependencies/settings.ts';
import type { Language } from '../../src/function/languages.ts';

const filesOf = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, Uint8Array> =>
  new Map(Object.entries(texts).map(([file, text]) => [file, Buffer.from(text)]));

const MANIFEST = '{"dependencies":{"a":"1.0.0"}}';
const HASH = `--hash=sha256:${'0'.repeat(64)}`;

describe('a source lacks a lock', () => {
  it.each<[string, Language, Readonly<Record<string, string>>, boolean]>([
    ['with exact pins alone', 'nodejs', { 'package.json': MANIFEST }, true],
    ['with the lock of another tool', 'nodejs', { 'package.json': MANIFEST, 'yarn.lock': '' }, true],
    ['but not without dependencies', 'nodejs', { 'package.json': '{"dependencies":{}}' }, false],
    ['but not without package.json', 'nodejs', { 'handler.js': '' }, false],
    ['but not with a package-lock.json', 'nodejs', { 'package.json': MANIFEST, 'package-lock.json': '{}' }, false],
    ['but not with an npm-shrinkwrap.json', 'nodejs', { 'package.json': MANIFEST, 'npm-shrinkwrap.json': '' }, false],
    ['with exact pins alone', 'python', { 'requirements.txt': 'a==1.0.0\n' }, true],
    ['but not without dependencies', 'python', { 'requirements.txt': '# none\n' }, false],
    ['but not with a pylock.toml', 'python', { 'requirements.txt': 'a==1.0.0\n', 'pylock.toml': '' }, false],
    ['but not with any hash', 'python', { 'requirements.txt': `a==1.0.0 ${HASH}\nb==1.0.0\n` }, false],
    [
      'but not with a hash in a file that it includes',
      'python',
      { 'requirements.txt': '-r base.txt\n', 'base.txt': `a==1.0.0 ${HASH}\n` },
      false,
    ],
  ])('%s (%s)', (_title, language, texts, expected) => {
    const files = filesOf(texts);
    expect(lacksLock(files, language)).toBe(expected);
    const basis = { language, versions: ['22'], settings: DEFAULT_DEPENDENCY_SETTINGS };
    expect(judge(files, basis).lacksLock).toBe(expected);
  });
});

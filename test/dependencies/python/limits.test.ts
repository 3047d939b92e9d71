import { describe, expect, it } from 'vitest';
import { messages } from './sources.ts';

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
const lock = (rest: string): string => `lock-version = "1.0"\n${rest}`;

describe('a Python source over a limit is refused, and the message names the limit', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    [
      'the length of a line',
      { 'requirements.txt': `a==1${` \\\n --hash=sha256:${'0'.repeat(64)}`.repeat(900)}\n` },
      'requirements.txt:1:1: the line has 72,004 characters, and at most 65,536 are read',
    ],
    [
      'the length of a version specifier',
      { 'requirements.txt': `a${'>=1,'.repeat(3000)}<2\n` },
      'requirements.txt:1:1: the requirement has 12,003 characters, and at most 8,192 are read',
    ],
    [
      'the length of a marker',
      { 'requirements.txt': `b==1\na==1 ; os_name == "a"${' or os_name == "a"'.repeat(500)}\n` },
      'requirements.txt:2:1: the requirement has 9,021 characters',
    ],
    [
      'the length of a marker in the lock',
      { 'pylock.toml': lock(`[[packages]]\nname = "a"\nversion = "1"\nmarker = "${'('.repeat(9000)}"\n`) },
      'the marker of a has 9,000 characters, and at most 8,192 are read',
    ],
    [
      'the length of a dependency of a project',
      {
        'requirements.txt': '.\n',
        'pyproject.toml': `[project]\nname = "x"\ndependencies = ["a${'>=1,'.repeat(3000)}<2"]\n`,
      },
      'pyproject.toml:3:18: the dependency has 12,003 characters',
    ],
    [
      'the number of requirements',
      { 'requirements.txt': lines(5001, (index) => `p${index}==1`) },
      'requirements.txt:5001:1: the source has more than 5,000 requirements, which is the limit',
    ],
    [
      'the number of constraints',
      { 'requirements.txt': '-c limits.txt\na==1\n', 'limits.txt': lines(5001, (index) => `p${index}==1`) },
      'limits.txt:5001:1: the source has more than 5,000 requirements, which is the limit',
    ],
    [
      'the number of dependencies of a project',
      {
        'requirements.txt': '.\n',
        'pyproject.toml': `[project]\nname = "x"\ndependencies = [${lines(5001, (index) => `"p${index}==1",`)}]\n`,
      },
      'the source has more than 5,000 dependencies of projects, which is the limit',
    ],
    [
      'the number of packages in a lock',
      { 'pylock.toml': lock(`packages = [${'{},'.repeat(5001)}]\n`) },
      'the source has more than 5,000 packages in pylock.toml, which is the limit',
    ],
    [
      'the number of lines',
      { 'requirements.txt': lines(20_001, () => '--pre') },
      'requirements.txt:20001:1: the source has more than 20,000 lines of requirements, which is the limit',
    ],
    [
      'the nesting of TOML',
      { 'pylock.toml': lock(`a = ${'['.repeat(65)}${']'.repeat(65)}\n`) },
      'pylock.toml is not valid TOML: it is nested more than 64 levels deep',
    ],
    [
      'the nesting of a marker',
      { 'requirements.txt': `a==1 ; ${'('.repeat(102)}os_name == "a"${')'.repeat(102)}\n` },
      'the marker is nested more than 100 levels deep',
    ],
    [
      'the depth of includes',
      {
        'requirements.txt': '-r 0.txt\n',
        ...Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`${index}.txt`, `-r ${index + 1}.txt\n`])),
        '101.txt': 'a==1\n',
      },
      'is included more than 100 files deep',
    ],
  ])('%s', (_title, files, words) => {
    const found = messages(files).filter((message) => message.includes(words));
    expect(found, messages(files).slice(0, 3).join('\n').slice(0, 2000)).toHaveLength(1);
    expect(found[0]).toMatch(/^no-latest /);
    expect(found[0]?.length).toBeLessThan(400);
  });

  it('and just below each limit it is judged', () => {
    const files = {
      'requirements.txt': `${lines(4998, (index) => `p${index}==1`)}a==1${` --hash=sha256:${'0'.repeat(64)}`.repeat(800)}\n`,
    };
    expect(messages(files).filter((message) => message.startsWith('no-latest'))).toEqual([]);
  });

  it('never shows a part of a line, which could end in the middle of a credential', () => {
    const text = `a @ https://user:${'secret'.repeat(12_000)}@h.example/a.whl\n`;
    expect(messages({ 'requirements.txt': text }).join('\n')).not.toContain('secret');
  });
});

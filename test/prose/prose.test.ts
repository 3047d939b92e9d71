import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { faultsOf } from './check.ts';
import { piecesOfMarkdown, type Piece } from './markdown.ts';
import { piecesOfModule } from './messages.ts';
import { piecesOfPython } from './python.ts';
import { ALLOWED, ROOTS } from './roots.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

const filesBelow = (root: string): readonly string[] =>
  statSync(path.join(REPOSITORY, root)).isFile()
    ? [root]
    : readdirSync(path.join(REPOSITORY, root), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(?:md|m?ts|mjs|py)$/.test(file))
        .map((file) => path.join(root, file))
        .sort();

const python = piecesOfPython(
  REPOSITORY,
  ROOTS.flatMap(filesBelow).filter((file) => file.endsWith('.py')),
);

const piecesOf = (file: string): readonly Piece[] => {
  if (file.endsWith('.py')) return python.get(file) ?? [];
  const text = readFileSync(path.join(REPOSITORY, file), 'utf8');
  return file.endsWith('.md') ? piecesOfMarkdown(text) : piecesOfModule(file, text);
};

const isAllowed = (file: string, words: string): boolean =>
  ALLOWED.some((each) => each.file === file && each.words === words);

const scratch = mkdtempSync(path.join(tmpdir(), 'buildless-prose-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

describe('plain English', () => {
  it.each(ROOTS.flatMap(filesBelow))('is what a reader finds in %s', (file) => {
    const faults = piecesOf(file)
      .flatMap(faultsOf)
      .filter(({ words }) => !isAllowed(file, words))
      .map(({ line, words, cure }) => `${file}:${String(line)}: "${words}": write ${cure}`);
    expect(faults).toEqual([]);
  });

  it.each(ALLOWED)('needs the exception "$words" of $file', ({ file, words, reason }) => {
    expect(existsSync(path.join(REPOSITORY, file))).toBe(true);
    expect(
      piecesOf(file)
        .flatMap(faultsOf)
        .map((fault) => fault.words),
    ).toContain(words);
    expect(reason).not.toBe('');
  });

  it.each([
    ['X is no digest', ['is no d']],
    ['it is no longer needed, and if there is no lock it goes on', []],
    ['The file is resolved anew. Once more.', ['anew', 'Once more']],
    ['A setting that\ngoes before the default, too', ['goes before', ', too']],
    ['What cannot be loaded ends the process. What happens then?', ['What cannot be loaded ends the process.']],
    ['`is no code` and [a link](is no link) pass', []],
    ['| What you see | what it means |', []],
    ['```\nthere is no lock, anew\n```', []],
  ])('is told from its imitation: %j', (page, words) => {
    expect(
      piecesOfMarkdown(page)
        .flatMap(faultsOf)
        .map((fault) => fault.words)
        .sort(),
    ).toEqual([...words].sort());
  });

  it('is checked in the strings of a module in Python, joined and with placeholders, with the line of each', () => {
    const module = '"""is no message"""\n# no message\nx = 1\ny = (\n  f"there is {x} and"\n  " it is no list"\n)\n';
    writeFileSync(path.join(scratch, 'm.py'), module);
    const pieces = piecesOfPython(scratch, ['m.py']).get('m.py') ?? [];
    expect(pieces.flatMap(faultsOf)).toMatchObject([
      { line: 1, words: 'is no m' },
      { line: 5, words: 'is no l' },
    ]);
  });

  it('is checked in the comments and string literals of a module, with the line of each', () => {
    const module = "import x from 'is no import';\n// is no comment\nconst y = `there is no ${x} in the list`;\n";
    expect(piecesOfModule('m.ts', module).flatMap(faultsOf)).toMatchObject([
      { line: 2, words: 'is no c' },
      { line: 3, words: 'there is no' },
    ]);
  });
});

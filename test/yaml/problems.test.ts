import { describe, expect, it } from 'vitest';
import { LineCounter, parseDocument } from 'yaml';
import { offsetOfPath } from '../../src/yaml/places.ts';
import { plainValue, problemsOfDocument } from '../../src/yaml/problems.ts';

function read(text: string): object {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: true });
  const file = { file: 'a.yaml', lines };
  const problems = problemsOfDocument(document, file);
  return problems.length > 0 ? { problems } : plainValue(document, file);
}

const problem = (line: number, column: number, text: string): object => ({
  problems: [expect.objectContaining({ file: 'a.yaml', line, column, problem: `this is not YAML: ${text}` })],
});

describe('an error of YAML', () => {
  it.each([
    ['a: 1\na: 2\n', problem(2, 1, 'the key appears twice in one map')],
    ['a: "1\n', problem(2, 1, 'a quote, bracket or comma is missing')],
    ['a: [1\n', problem(2, 1, 'a quote, bracket or comma is missing')],
    ['a: b: c\n', problem(1, 4, 'a line has a second "key: value"')],
    ['a: @b\n', problem(1, 4, 'an unquoted string begins with a reserved character')],
    ['a:\n\tb: 1\n', problem(2, 1, 'a tab is used to indent')],
    ['a: "\\q"\n', problem(1, 5, 'an escape in double quotes does not exist')],
  ])('is reported in plain words with its place: %j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('an alias', () => {
  it.each([
    ['a: &x [1]\nb: *x\n', { value: { a: [1], b: [1] } }],
    ['a: &x {k: 1}\nb: {<<: *x, l: 2}\n', { value: { a: { k: 1 }, b: { k: 1, l: 2 } } }],
  ])('is followed: %j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ['a: *x\n', 1, 'an alias names an anchor that does not exist'],
    ['a: &x [*x]\n', 1, 'the aliases multiply into too much'],
    ['a: &x 1\nb: {<<: *x}\n', 2, 'the merge key "<<" has a value that is not a map'],
  ])('is refused: %j', (text, line, words) => {
    expect(read(text)).toMatchObject({ finding: { line, problem: words } });
  });

  it('is refused before a few lines become gigabytes', () => {
    const names = Array.from({ length: 12 }, (_, index) => `a${index}`);
    const text = names.map((name, index) =>
      index === 0 ? `${name}: &${name} [lol]` : `${name}: &${name} [${`*${names[index - 1] ?? ''}, `.repeat(9)}1]`,
    );
    expect(read(text.join('\n'))).toMatchObject({ finding: { problem: 'the aliases multiply into too much' } });
  });
});

describe('the place of a path', () => {
  const text = 'a:\n  - b: 1\n    c:\n';
  const document = parseDocument(text);
  it.each([
    [['a', 0, 'b'], false, text.indexOf('1')],
    [['a', 0, 'b'], true, text.indexOf('b')],
    [['a', 0, 'c'], false, text.indexOf('c')],
    [['a', 0, 'missing', 'below'], false, text.indexOf('b')],
    [['a', 7], false, text.indexOf('- b')],
    [['missing'], false, 0],
  ])('%j (of the key: %s) is at %i', (path, atKey, offset) => {
    expect(offsetOfPath(document, path, atKey)).toBe(offset);
  });
});

import { describe, expect, it } from 'vitest';
import { parseManifests } from '../../src/manifests/documents.ts';
import { placeOfText } from '../../src/manifests/file-place.ts';

const head = 'apiVersion: v1\nkind: ConfigMap\n';

/** The text that stands in the manifest at the place of line 2, column 3 of its file `f`. */
function shown(manifest: string, line = 2, column = 3): string {
  const parsed = parseManifests(manifest, 'm.yaml');
  if ('findings' in parsed) throw new Error(parsed.findings[0]?.problem);
  const document = parsed.documents.at(-1);
  if (document === undefined) throw new Error('no document');
  const place = placeOfText(document, ['data', 'f'], { line, column });
  return (manifest.split('\n')[place.line - 1] ?? '').slice(place.column - 1);
}

describe('the place of a place in a file of a ConfigMap', () => {
  it.each([
    ['a block', `${head}data:\n  f: |\n    {\n      "a": 1\n    }\n`, '"a": 1'],
    ['a block without its last line end', `${head}data:\n  f: |-\n    {\n      "a": 1\n    }\n`, '"a": 1'],
    ['a block with an indentation of its own', `${head}data:\n  f: |2\n    {\n      "a": 1\n`, '"a": 1'],
    ['a block after another document', `${head}---\n${head}data:\n  f: |\n    {\n      "a": 1\n`, '"a": 1'],
    ['a block with a comment behind its mark', `${head}data:\n  f: | # why\n    {\n      "a": 1\n`, '"a": 1'],
    [
      'a block with Windows line ends',
      `${head}data:\n  f: |\n    {\n      "a": 1\n`.replaceAll('\n', '\r\n'),
      '"a": 1\r',
    ],
    ['double quotes', `${head}data: { f: "{\\n  \\"a\\": 1\\n}" }\n`, '\\"a\\": 1\\n}" }'],
    ['double quotes with an escape before', `${head}data:\n  f: "\\u00e9\\n\\x20 \\"a\\": 1"\n`, '\\"a\\": 1"'],
    ['JSON', `{"apiVersion":"v1","kind":"ConfigMap","data":{"f":"{\\n  \\"a\\": 1}"}}\n`, '\\"a\\": 1}"}}'],
  ])('is found in %s', (_what, manifest, expected) => {
    expect(shown(manifest)).toBe(expected);
  });

  it('is found in single quotes, where a quote is written twice', () => {
    expect(shown(`${head}data:\n  f: 'it''s "a"'\n`, 1, 6)).toBe(`"a"'`);
  });

  it('is that of the key where lines are folded', () => {
    expect(shown(`${head}data:\n  f: >\n    {\n\n    "a": 1\n`)).toBe('f: >');
  });

  it('is that of the key where the file is not there', () => {
    expect(shown(`${head}data:\n  g: x\n`)).toBe('g: x');
  });
});

import { describe, expect, it } from 'vitest';
import { placeOfDocument } from '../../src/manifests/documents.ts';
import { documentOf, documentsOf, messagesOf } from './parsed.ts';

const POD = 'apiVersion: v1\nkind: Pod\n';

describe('parseManifests', () => {
  it('reads many documents and skips the empty ones, which stay in the text of their neighbours', () => {
    const text = `# head\n---\n# nothing\n---\n${POD}...\n---\nkind: Secret\napiVersion: v1\n---\n# the end\n`;
    const documents = documentsOf(text);
    expect(documents.map(({ index, object }) => [index, object.kind])).toEqual([
      [1, 'Pod'],
      [2, 'Secret'],
    ]);
    expect(documents.map((document) => document.text).join('')).toBe(text);
    expect(documents[1]?.text).toMatch(/^---\nkind: Secret/);
  });

  it.each(['', '\n', '# only a comment\n', '---\n---\n', 'null'])('%j has no documents', (text) => {
    expect(documentsOf(text)).toEqual([]);
  });

  it('reads JSON, also indented with tabs', () => {
    expect(documentOf('{\n\t"apiVersion": "v1",\n\t"kind": "List",\n\t"items": [\n\t\t{}\n\t]\n}\n').object).toEqual({
      apiVersion: 'v1',
      kind: 'List',
      items: [{}],
    });
  });

  it('reads scalars as kubectl does (YAML 1.1 of go-yaml)', () => {
    const values = [
      '0440',
      '0o440',
      '0x1F',
      'yes',
      'off',
      '1_000',
      '1:30',
      '2020-01-01',
      '"0440"',
      '1e3',
      '~',
      '!!binary aGk=',
    ];
    const { object } = documentOf(`${POD}values: [${values.join(', ')}]\n`);
    expect(object.values).toEqual([288, 288, 31, true, false, 1000, '1:30', '2020-01-01', '0440', 1000, null, 'aGk=']);
  });

  it('follows anchors, aliases and merge keys', () => {
    const { object } = documentOf(`${POD}a: &a {k: 1, l: 2}\nb: *a\nc: {<<: *a, l: 3}\n`);
    expect(object).toMatchObject({ b: { k: 1, l: 2 }, c: { k: 1, l: 3 } });
  });

  it('reads a file with Windows line ends and a byte order mark', () => {
    expect(documentOf('\uFEFFapiVersion: v1\r\nkind: Pod\r\n').object).toEqual({ apiVersion: 'v1', kind: 'Pod' });
  });

  it.each([
    [`${POD}kind: Job\n`, ['app.yaml:3:1: this is not YAML: the key appears twice in one map; remove one of the two']],
    ['kind: Pod\n\tspec: {}\n', ['app.yaml:2:1: this is not YAML: a tab is used to indent; indent with spaces']],
    [
      `${POD}spec: {containers: [}\n`,
      ['app.yaml:3:21: this is not YAML: a quote, bracket or comma is missing; close what was opened before'],
    ],
    [
      `${POD}name: "abc\n`,
      ['app.yaml:4:1: this is not YAML: a quote, bracket or comma is missing; close what was opened before'],
    ],
    [
      `${POD}a: b: c\n`,
      ['app.yaml:3:4: this is not YAML: a line has a second "key: value"; put the value in quotes, or break the line'],
    ],
    [
      `${POD}a: *gone\n`,
      ['app.yaml:3:4: an alias names an anchor that does not exist; define the anchor earlier in the same document'],
    ],
    [
      `${POD}---\nhello\n`,
      ['app.yaml:4:1: this is not a Kubernetes object; write apiVersion, kind and the rest of a manifest'],
    ],
    ['- 1\n', ['app.yaml:1:1: this is not a Kubernetes object; write apiVersion, kind and the rest of a manifest']],
    [
      'replicas: 1\n',
      ['app.yaml:1:1: this object has no apiVersion and no kind; add what is missing, or leave the file out'],
    ],
    [
      'kind: Pod\napiVersion: 1\n',
      ['app.yaml:1:1: this object has no apiVersion; add what is missing, or leave the file out'],
    ],
  ])('%j', (text, expected) => {
    expect(messagesOf(text)).toEqual(expected);
  });

  it('tells the problems of all documents at once', () => {
    expect(messagesOf('a: 1\n---\nb: 1\n').map((message) => message.split(': ')[0])).toEqual([
      'app.yaml:1:1',
      'app.yaml:3:1',
    ]);
  });

  it('does not follow a billion laughs', () => {
    const rows = [`${POD}a: &a [x, x, x, x, x, x, x, x, x, x]`];
    for (const [at, name] of [...'bcdefghi'].entries()) {
      const below = 'abcdefghi'[at] ?? '';
      rows.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${below}`).join(', ')}]`);
    }
    expect(messagesOf(rows.join('\n'))).toHaveLength(1);
    expect(messagesOf(rows.join('\n'))[0]).toContain(
      'the aliases multiply into too much; write the repeated parts out',
    );
  });

  it('refuses what is nested too deeply', () => {
    expect(messagesOf(`${POD}a: ${'['.repeat(100_000)}`).join()).toMatch(/nested too deeply|missing/);
  });

  it('tells where a field stands', () => {
    const document = documentOf(`${POD}spec:\n  containers:\n    - name: a\n      image: b\n`);
    expect(placeOfDocument(document, ['spec', 'containers', 0, 'image'])).toEqual({
      file: 'app.yaml',
      line: 6,
      column: 14,
    });
    expect(placeOfDocument(document, ['spec', 'containers', 0, 'env', 3])).toEqual({
      file: 'app.yaml',
      line: 5,
      column: 7,
    });
    expect(placeOfDocument(document)).toEqual({ file: 'app.yaml', line: 1, column: 1 });
  });
});

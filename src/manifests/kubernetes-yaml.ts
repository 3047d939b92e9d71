/**
 * YAML as kubectl reads it. It is YAML 1.1 in the dialect of go-yaml v2 (sigs.k8s.io/yaml, goyaml.v2/resolve.go), so
 * `defaultMode: 0440` is 288 and `yes` is true, but `1:30` and `2020-01-01` stay text, and `0o440` is an octal number too.
 */
import { Composer, Document, LineCounter, Parser, visit, type ScalarTag, type Tags, type ToStringOptions } from 'yaml';
import { splitJsonStream } from './json-stream.ts';

const OCTAL: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  format: 'OCT',
  test: /^[-+]?0o[0-7]+$/,
  identify: () => false,
  resolve: (text) => (text.startsWith('-') ? -1 : 1) * Number(text.replace(/^[-+]/, '')),
};

/** What go-yaml does not read as YAML 1.1 does: sexagesimal numbers, and dates and bytes, which JSON has not. */
const FOREIGN = [
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'timestamp',
  'binary',
  'intTime',
  'floatTime',
];

const dialect = (tags: Tags): Tags => [OCTAL, ...tags.filter((tag) => !isForeign(tag))];

function isForeign(tag: Tags[number]): boolean {
  if (typeof tag === 'string') return FOREIGN.includes(tag);
  return FOREIGN.includes(tag.tag) || ('format' in tag && tag.format === 'TIME');
}

/** All documents of a string, with their errors, and where its lines begin; offsets are those of the text. */
export function parseKubernetesYaml(text: string): {
  readonly documents: readonly Document.Parsed[];
  readonly lines: LineCounter;
} {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const starts = splitJsonStream(text);
  const documents = starts.flatMap((start, index) => [...composed(text, start, starts[index + 1], lines)]);
  return { documents, lines };
}

function* composed(
  text: string,
  start: number,
  end: number | undefined,
  lines: LineCounter,
): Generator<Document.Parsed> {
  const parser = new Parser((offset) => {
    // The first line is known, and a part of a JSON stream does not begin one.
    if (offset > start) lines.addNewLine(offset);
  });
  parser.offset = start;
  const composer = new Composer({
    schema: 'yaml-1.1',
    customTags: dialect,
    resolveKnownTags: false,
    merge: true,
    prettyErrors: false,
  });
  yield* composer.compose(parser.parse(text.slice(start, end)), false, end ?? text.length);
}

/** Never folds a string: a folded line is hard to compare. */
export const LAYOUT = { lineWidth: 0 } as const satisfies ToStringOptions;

/** Writes a value so that every YAML reader, of 1.1 or 1.2, reads the same; `indentSeq` is the look of lists in maps. */
export const writeKubernetesYaml = (value: unknown, indentSeq = true): string =>
  withEscapes(kubernetesDocument(value).toString({ ...LAYOUT, indentSeq }));

/** A document that is written as `writeKubernetesYaml` does, for whoever puts comments into it. */
export function kubernetesDocument(value: unknown): Document {
  const document = new Document(value, {
    schema: 'yaml-1.1',
    customTags: (tags) => [OCTAL, ...tags],
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Scalar(_, scalar) {
      // Of a block of nothing but spaces, the reader takes all for its indentation.
      if (typeof scalar.value === 'string' && (/^[ \t\r\n]+$/.test(scalar.value) || UNWRITABLE.test(scalar.value)))
        scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return document;
}

/** Line ends of YAML 1.1 that go-yaml folds, and characters that it refuses (YAML 1.1, 4.1.1 and 5.1). */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;
const RAW = new RegExp(UNWRITABLE.source, 'g');

/** The text of a `kubernetesDocument`, in which such characters are in double quotes or in comments only. */
export const withEscapes = (text: string): string =>
  text.replace(RAW, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

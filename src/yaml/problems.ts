import type { Document, LineCounter, YAMLError } from 'yaml';
import type { Problem } from '../outcome/problem.ts';
import { faultOfAliases } from './aliases.ts';

/** A file being read, for the places in messages. */
export interface YamlFile {
  readonly file: string;
  readonly lines: LineCounter;
}

/** The parser's codes in plain words; what is not here keeps the parser's own. */
const WORDS: Readonly<Record<string, { readonly problem: string; readonly fix: string }>> = {
  BAD_INDENT: { problem: 'the indentation fits nothing above it', fix: 'align the line with its neighbours' },
  BLOCK_AS_IMPLICIT_KEY: {
    problem: 'a line has a second "key: value"',
    fix: 'put the value in quotes, or break the line',
  },
  DUPLICATE_KEY: { problem: 'the key appears twice in one map', fix: 'remove one of the two' },
  MISSING_CHAR: { problem: 'a quote, bracket or comma is missing', fix: 'close what was opened before' },
  TAB_AS_INDENT: { problem: 'a tab is used to indent', fix: 'indent with spaces' },
  BAD_ALIAS: {
    problem: 'an anchor or alias is not well formed',
    fix: 'write &NAME for the anchor and *NAME for the alias',
  },
  BAD_DQ_ESCAPE: {
    problem: 'an escape in double quotes does not exist',
    fix: 'double the backslash, or use single quotes',
  },
  MULTILINE_IMPLICIT_KEY: {
    problem: 'a key spans several lines',
    fix: 'add the colon that is missing, or put the text in quotes',
  },
  BAD_SCALAR_START: { problem: 'an unquoted string begins with a reserved character', fix: 'put it in quotes' },
  UNEXPECTED_TOKEN: {
    problem: 'there is more where the value should have ended',
    fix: 'correct the line; several documents are parted by "---"',
  },
  RESOURCE_EXHAUSTION: { problem: 'the document is nested too deeply', fix: 'write a flatter one' },
};

/** Every error of the parser. Only the first of a document that is out of step is reported: the others follow from it. */
export function problemsOfDocument(document: Document.Parsed, { file, lines }: YamlFile): readonly Problem[] {
  const outOfStep = document.errors.findIndex(({ code }) => code !== 'DUPLICATE_KEY');
  const errors = outOfStep === -1 ? document.errors : document.errors.slice(0, outOfStep + 1);
  return errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { file, line, column: col, ...wordsFor(error) };
  });
}

function wordsFor(error: YAMLError): { readonly problem: string; readonly fix: string } {
  // A bracket that is never closed is reported as an indentation that ends too early.
  const code = error.code === 'BAD_INDENT' && error.message.startsWith('Flow') ? 'MISSING_CHAR' : error.code;
  const words = WORDS[code];
  if (words !== undefined) return { ...words, problem: `this is not YAML: ${words.problem}` };
  const message = error.message.charAt(0).toLowerCase() + error.message.slice(1);
  return { problem: `this is not YAML: ${message}`, fix: 'correct the line' };
}

/** Turns a document without errors into plain values, or says why its aliases cannot be followed. */
export function plainValue(
  document: Document.Parsed,
  { file, lines }: YamlFile,
): { readonly value: unknown } | { readonly finding: Problem } {
  const fault = faultOfAliases(document);
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.offset);
    return { finding: { file, line, column: col, ...FAULTS[fault.kind] } };
  }
  const value: unknown = document.toJS({ maxAliasCount: -1 });
  return { value };
}

const FAULTS = {
  unresolved: {
    problem: 'an alias names an anchor that does not exist',
    fix: 'define the anchor earlier in the same document',
  },
  excessive: { problem: 'the aliases multiply into too much', fix: 'write the repeated parts out' },
  merge: {
    problem: 'the merge key "<<" has a value that is not a map',
    fix: 'write an alias of a map, or a list of them',
  },
} as const;

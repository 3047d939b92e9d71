/** Reads the configuration's file. Loads zod and yaml: import it if there is a file to read, not before. */
import { readFile } from 'node:fs/promises';
import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import { crossCheck } from './check.ts';
import type { Configuration } from './configuration.ts';
import { DEFAULT_CONFIGURATION } from './defaults.ts';
import { exceptionWarnings } from './exception-warnings.ts';
import { explain, type Fault } from './explain.ts';
import { mirrored } from './mirrored.ts';
import { readFormerKeys } from './former-keys.ts';
import { mergeConfiguration } from './merge.ts';
import { dayOf } from '../exceptions/exception.ts';
import type { Problem } from '../outcome/problem.ts';
import { CONFIGURATION_FILE } from './schema.ts';
import { offsetOfPath } from '../yaml/places.ts';
import { plainValue, problemsOfDocument } from '../yaml/problems.ts';

/** A configuration, or everything that keeps the text from being one. */
export type LoadedConfiguration =
  | {
      readonly configuration: Configuration;
      /** Deprecated keys, and exceptions that end. */ readonly warnings: readonly Problem[];
    }
  | { readonly findings: readonly Problem[] };

/**
 * Reads a configuration out of YAML.
 *
 * @param file name for messages
 * @param now milliseconds since 1970, for what ends on a day
 * @returns the configuration with the defaults filled in; an empty text gives the defaults
 */
export function parseConfiguration(text: string, file: string, now = Date.now()): LoadedConfiguration {
  const lines = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })];
  const [document, second] = documents;
  if (document === undefined) return { configuration: DEFAULT_CONFIGURATION, warnings: [] };
  const malformed = documents.flatMap((each) => problemsOfDocument(each, { file, lines }));
  if (malformed.length > 0) return { findings: malformed };
  if (second !== undefined) {
    const { line, col } = lines.linePos(second.range[0]);
    const problem = 'a second document begins here';
    return { findings: [{ file, line, column: col, problem, fix: 'write one document' }] };
  }
  const plain = plainValue(document, { file, lines });
  if ('finding' in plain) return { findings: [plain.finding] };
  const parsed = CONFIGURATION_FILE.safeParse(plain.value ?? {}, { reportInput: true });
  if (!parsed.success) return { findings: located(parsed.error.issues.flatMap(explain), document, lines, file) };
  const read = readFormerKeys(parsed.data);
  const configuration = mergeConfiguration(DEFAULT_CONFIGURATION, read.file);
  const faults = [...read.faults, ...crossCheck(configuration, read.file)];
  const warnings = [...read.warnings, ...exceptionWarnings(configuration.dependencies.exceptions, dayOf(now))];
  return faults.length === 0
    ? { configuration: mirrored(configuration), warnings: located(warnings, document, lines, file) }
    : { findings: located(faults, document, lines, file) };
}

/** Faults with their places, in the order of the file. */
function located(
  faults: readonly Fault[],
  document: Document.Parsed,
  lines: LineCounter,
  file: string,
): readonly Problem[] {
  return faults
    .map((fault) => ({ ...fault, offset: offsetOfPath(document, fault.path, fault.atKey) }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, path, problem, fix }) => {
      const { line, col } = lines.linePos(offset);
      const field = path.map((step) => (typeof step === 'number' ? step : String(step)));
      return { field, file, line, column: col, problem, fix };
    });
}

/**
 * Reads a configuration's file.
 *
 * @param file path, also for messages
 */
export async function loadConfiguration(file: string): Promise<LoadedConfiguration> {
  const read = await readText(file);
  return 'finding' in read ? { findings: [read.finding] } : parseConfiguration(read.text, file);
}

/** The text of the file, or why it cannot be read. */
export async function readText(file: string): Promise<{ readonly text: string } | { readonly finding: Problem }> {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT')
      return { finding: { file, problem: 'the configuration does not exist', fix: 'correct the path' } };
    const reason = typeof code === 'string' ? code : error instanceof Error ? error.message : String(error);
    return { finding: { file, problem: `the configuration cannot be read (${reason})`, fix: 'name a readable file' } };
  }
}

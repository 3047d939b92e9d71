/** One file with denied versions, by its name: `.json` in the OSV format, `.yaml` as in the configuration; `.gz` of both. */
import { gunzipSync } from 'node:zlib';
import { parseConfiguration } from '../config/load.ts';
import { entriesOfConfigured } from '../denied/inline.ts';
import type { DeniedEntry, DeniedProblem } from '../denied/entry.ts';
import { entriesOfReport } from '../denied/osv.ts';
import { readJsonFile } from '../dependencies/npm/json-file.ts';
import { formatPlace } from '../outcome/place.ts';

/** Of one file, unpacked. The largest report of OpenSSF's export has some hundred KiB. */
export const LARGEST_FILE_BYTES = 8 * 1024 * 1024;

const KINDS = ['.json', '.yaml', '.yml'] as const;

/** Whether a file may have denied versions; others, such as a README, are passed over. */
export const isDenialFile = (name: string): boolean => KINDS.some((kind) => withoutGz(name).endsWith(kind));

const withoutGz = (name: string): string => name.toLowerCase().replace(/\.gz$/, '');

/** @param place for messages */
export function entriesOfFile(
  place: string,
  content: string | Uint8Array,
): readonly DeniedEntry[] | readonly DeniedProblem[] {
  const bad = (problem: string, fix = 'correct the file or remove it'): readonly DeniedProblem[] => [
    { place, problem, fix },
  ];
  let text: string;
  try {
    text = textOf(place, content);
  } catch (error) {
    return bad(`the file cannot be unpacked (${error instanceof Error ? error.message : String(error)})`);
  }
  if (text.length > LARGEST_FILE_BYTES) {
    return bad(`the file has more than ${LARGEST_FILE_BYTES / 1024 / 1024} MiB`, 'split it');
  }
  if (!withoutGz(place).endsWith('.json')) return configuredEntries(place, text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const read = readJsonFile(place, Buffer.from(text), 0);
    if (!('problem' in read)) return bad('the file is not JSON');
    const { line, column, problem, fix } = read;
    return [{ place: formatPlace({ file: place, line, column }), problem, fix: `${fix}, or remove the file` }];
  }
  const entries: DeniedEntry[] = [];
  for (const report of Array.isArray(value) ? value : [value]) {
    const read = entriesOfReport(report);
    if ('problem' in read) return bad(read.problem, read.fix);
    entries.push(...read);
  }
  return entries;
}

export const areProblems = (
  read: readonly DeniedEntry[] | readonly DeniedProblem[],
): read is readonly DeniedProblem[] => read[0] !== undefined && 'problem' in read[0];

function textOf(name: string, content: string | Uint8Array): string {
  if (typeof content === 'string') return content;
  const bytes = name.toLowerCase().endsWith('.gz')
    ? gunzipSync(content, { maxOutputLength: LARGEST_FILE_BYTES })
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return bytes.toString('utf8');
}

/** The same form as in the configuration, so that entries can move from one to the other. */
function configuredEntries(place: string, text: string): readonly DeniedEntry[] | readonly DeniedProblem[] {
  const parsed = parseConfiguration(text, place);
  if ('configuration' in parsed) return entriesOfConfigured(parsed.configuration.dependencies.denied);
  return parsed.findings.map(({ problem, fix, file = place, line, column }) => ({
    place: formatPlace({ file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) }),
    problem,
    fix: `${fix} (see dependencies.denied in deploy/config.yaml for the form)`,
  }));
}

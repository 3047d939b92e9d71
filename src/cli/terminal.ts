import picocolors from 'picocolors';
import type { Finding } from '../outcome/finding.ts';
import { formatPlace } from '../outcome/place.ts';

/** Colours for a stream: only on a terminal, and not if NO_COLOR has a value (https://no-color.org). */
export function coloursFor(stream: { readonly isTTY?: boolean }): ReturnType<typeof picocolors.createColors> {
  // A pipe has no `isTTY` at all, and without an answer picocolors takes a CI for a terminal.
  return picocolors.createColors(stream.isTTY === true && (process.env.NO_COLOR ?? '') === '');
}

const colours = coloursFor(process.stderr);

let quiet = false;

/** From now on only errors go to standard error (`--quiet`). */
export function beQuiet(): void {
  quiet = true;
}

export const isQuiet = (): boolean => quiet;

/** Notes and warnings of the input that was read before, and of the one that is read now. */
let known: ReadonlySet<string> = new Set();
let printed = new Set<string>();

/** The input is read again, after an edit: what was printed for it the last time is not news. */
export function inputChanged(): void {
  known = printed;
  printed = new Set();
}

function printNews(text: string): void {
  printed.add(text);
  if (!known.has(text)) process.stderr.write(text);
}

/** A line that a person may want to know, on standard error. */
export function printNote(line: string): void {
  if (!quiet) printNews(`${line}\n`);
}

/** Something a person must act on, as lines on standard error: what, where, and how to fix it. */
export function printFindings(
  kind: 'error' | 'warning',
  findings: readonly Partial<Finding<string>>[],
  where = '',
): void {
  if (quiet && kind === 'warning') return;
  const tag = kind === 'error' ? colours.red('error:') : colours.yellow('warning:');
  for (const { code, problem, fix, ...place } of findings) {
    const at = [where, formatPlace(place)].filter((part) => part !== '').join(': ');
    const suffix = code === undefined ? '' : ` ${colours.dim(`[${code}]`)}`;
    const cure = fix === undefined ? '' : `       ${fix}\n`;
    const text = `${tag} ${at === '' ? '' : `${colours.bold(at)}: `}${problem ?? ''}${suffix}\n${cure}`;
    if (kind === 'warning') printNews(text);
    else process.stderr.write(text);
  }
}

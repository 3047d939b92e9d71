import picocolors from 'picocolors';
import type { Finding } from '../outcome/finding.ts';
import { formatPlace } from '../outcome/place.ts';

/** Colours for a stream: only on a terminal, and not where NO_COLOR asks for none (https://no-color.org). */
export function coloursFor(stream: { readonly isTTY?: boolean }): ReturnType<typeof picocolors.createColors> {
  // A pipe has no `isTTY` at all, and without an answer picocolors takes a CI for a terminal.
  return picocolors.createColors(stream.isTTY === true && process.env.NO_COLOR === undefined);
}

const colours = coloursFor(process.stderr);

let quiet = false;

/** From now on only errors go to standard error (`--quiet`). */
export function beQuiet(): void {
  quiet = true;
}

export const isQuiet = (): boolean => quiet;

/** A line that a person may want to know, on standard error. */
export function printNote(line: string): void {
  if (!quiet) process.stderr.write(`${line}\n`);
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
    process.stderr.write(`${tag} ${at === '' ? '' : `${colours.bold(at)}: `}${problem ?? ''}${suffix}\n`);
    if (fix !== undefined) process.stderr.write(`       ${fix}\n`);
  }
}

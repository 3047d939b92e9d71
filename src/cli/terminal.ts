import picocolors from 'picocolors';
import type { Finding } from '../outcome/finding.ts';
import { formatPlace } from '../outcome/place.ts';

/** Colours for a stream: only on a terminal, and not where NO_COLOR asks for none (https://no-color.org). */
export function coloursFor(stream: { readonly isTTY?: boolean }): ReturnType<typeof picocolors.createColors> {
  // A pipe has no `isTTY` at all, and without an answer picocolors takes a CI for a terminal.
  return picocolors.createColors(stream.isTTY === true && process.env.NO_COLOR === undefined);
}

const colours = coloursFor(process.stderr);

/** Something a person must act on, as lines on standard error: what, where, and how to fix it. */
export function printFindings(
  kind: 'error' | 'warning',
  findings: readonly Partial<Finding<string>>[],
  where = '',
): void {
  const tag = kind === 'error' ? colours.red('error:') : colours.yellow('warning:');
  for (const { code, problem, fix, ...place } of findings) {
    const at = [where, formatPlace(place)].filter((part) => part !== '').join(': ');
    const suffix = code === undefined ? '' : ` ${colours.dim(`[${code}]`)}`;
    process.stderr.write(`${tag} ${at === '' ? '' : `${colours.bold(at)}: `}${problem ?? ''}${suffix}\n`);
    if (fix !== undefined) process.stderr.write(`       ${fix}\n`);
  }
}

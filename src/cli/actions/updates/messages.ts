import { hideCredentials } from '../../../dependencies/credentials.ts';
import { visible } from '../../../outcome/finding.ts';
import { printFindings } from '../../terminal.ts';
import type { NotLocked } from '../lock/outcome.ts';

const LONGEST = 300;

/** What a file or a registry says, for a line on a terminal. */
export function said(text: string): string {
  const shown = visible(hideCredentials(text)).replaceAll('\n', ' ');
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 3)}...` : shown;
}

export function printFailures(failures: readonly NotLocked[]): void {
  for (const { problem, fix, where, details } of failures) {
    printFindings('error', [{ problem: said(problem), fix: said(fix) }], where);
    for (const line of details ?? []) process.stderr.write(`       ${visible(line)}\n`);
  }
}

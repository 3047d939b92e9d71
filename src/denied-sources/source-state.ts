import type { DeniedProblem } from '../denied/entry.ts';
import type { DeniedTable } from '../denied/table.ts';
import type { LoadedTable } from './protocol.ts';

/** Of all lists together. */
export const LARGEST_BYTES = 64 * 1024 * 1024;

export const bytesOf = ({ heads, chunks }: DeniedTable): number =>
  heads.byteLength + chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** One ConfigMap or folder with denied versions: what of it is in force, and why that is not all that is in it. */
export class SourceState {
  table: DeniedTable | undefined;
  problems: readonly DeniedProblem[] = [];
  /** Whether it was read, be it in vain. */
  isRead = false;
  /** Answers to older questions come to nothing. */
  asked = 0;

  /**
   * Takes what was read. What is bad changes nothing: the last good list stays in force. Only if there was none yet, all that
   * could be read is taken, as it is better than nothing.
   *
   * @param room bytes that the other sources leave
   */
  take({ table, problems }: LoadedTable, room: number): 'success' | 'failure' {
    this.isRead = true;
    if (bytesOf(table) > room) {
      const problem = `all lists of denied versions take more than ${LARGEST_BYTES / 1024 / 1024} MiB`;
      this.problems = [{ place: '', problem, fix: 'deny fewer packages, or ranges instead of versions' }];
      return 'failure';
    }
    this.problems = problems;
    if (problems.length === 0 || this.table === undefined) this.table = table;
    return problems.length === 0 ? 'success' : 'failure';
  }

  fail(reason: string): void {
    this.isRead = true;
    this.problems = [
      { place: '', problem: `it cannot be loaded (${reason})`, fix: 'see the log; change it to try again' },
    ];
  }
}

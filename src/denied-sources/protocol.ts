import type { DeniedProblem } from '../denied/entry.ts';
import type { DeniedTable } from '../denied/table.ts';

/** What the loading thread is asked, one at a time. */
export type LoadQuestion =
  /** Files by name, such as those of a ConfigMap. */
  | { readonly from: 'texts'; readonly texts: ReadonlyMap<string, string | Uint8Array> }
  /** Every file below a folder or a file on the disk. */
  | { readonly from: 'folder'; readonly folder: string };

/** What was read, without the files that have problems. */
export interface LoadedTable {
  readonly table: DeniedTable;
  /** The first ones. */
  readonly problems: readonly DeniedProblem[];
}

/** A fault is one of Buildless, never of a list. */
export type LoadAnswer = LoadedTable | { readonly fault: string };

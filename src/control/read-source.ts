import type { ConfigMapData, SourceFiles } from '../function/files.ts';
import type { SourceState } from '../function/source-state.ts';
import type { Finding } from '../outcome/finding.ts';

/** Everything that a source is at one moment. */
export interface ReadSource {
  readonly type: 'files';
  readonly state: SourceState;
  readonly files: SourceFiles;
  /** Of all files. */
  readonly digest: string;
  /** The ConfigMaps to copy, in the order of the reference; none of a Git source. */
  readonly parts: readonly { readonly name: string; readonly digest: string; readonly content: ConfigMapData }[];
}

/** Why it cannot be read. */
export type Unread =
  | { readonly type: 'invalid'; readonly findings: readonly Finding[] }
  /** It changed since, or is being fetched: whoever asked is called again. */
  | { readonly type: 'later' }
  | { readonly type: 'failed'; readonly note: string };

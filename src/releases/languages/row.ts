import type { SourceFiles } from '../../function/files.ts';
import type { LockedRelease, Release } from '../../release-age/release.ts';
import type { RegistryAnswer, RegistryRequest } from '../ask.ts';

export type Answered = Exclude<RegistryAnswer, { failed: unknown }>;

/** What has to be asked for by itself. */
export interface WantedFacts {
  readonly licences?: true;
}

/** How registries of a language are asked. */
export interface ReleaseRow {
  /** What to ask for some versions, each under its name. */
  readonly requests: (
    locked: readonly LockedRelease[],
    files: SourceFiles,
    environment: Readonly<Record<string, string>>,
    wanted?: WantedFacts,
  ) => readonly (RegistryRequest & { readonly name: string })[];
  /**
   * The time for the option of the tool that leaves out younger versions, which takes what was published before it, or also then.
   *
   * @param cutOff milliseconds since 1970 until which a version may have been published
   */
  readonly before: (cutOff: number) => number;
  /** @param answers of all requests of the name */
  readonly release: (locked: LockedRelease, answers: readonly Answered[]) => Release;
}

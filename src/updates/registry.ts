import type { SourceFiles } from '../function/files.ts';
import type { LockFailure, Platform } from '../lock/lock.ts';
import type { ToolContext } from '../lock/tool-context.ts';
import type { Pin } from './pin.ts';

/** A version of a package. */
export interface Release {
  readonly version: string;
  /** ISO 8601; absent if the registry gives no time. */
  readonly published?: string;
}

/** What a registry says about a pin. */
export interface Standing {
  readonly published?: string;
  /** Why it should not be used any more, in the words of its maintainers: npm's `deprecated`, PyPI's `yanked`. */
  readonly withdrawn?: string;
  /** The newest version without a breaking change: of the same major version, of the same minor version below 1.0.0. */
  readonly wanted?: Release;
  readonly newest?: Release;
}

/** The registries of a source, asked through the tool that installs from them. */
export interface Registry {
  /** @param before only versions that were published until then, ISO 8601; a version without a time is none of them */
  readonly standingOf: (pin: Pin, before: string | undefined) => Promise<Standing | LockFailure>;
  /** When versions were published, by `NAME VERSION`; what is not known is left out. */
  readonly publishedOf: (
    packages: readonly (readonly [name: string, version: string])[],
  ) => Promise<ReadonlyMap<string, string>>;
}

/** A source whose registries are asked. */
export interface AskingSource {
  /** Of the Function. */
  readonly name: string;
  /** Those that the tool reads. */
  readonly files: SourceFiles;
  /** Of the language. */
  readonly version: string;
  readonly platforms: readonly Platform[] | undefined;
  /** Whether packages may be built. */
  readonly builds: boolean;
}

/** Opens the registries of a source for as long as `work` takes. */
export type WithRegistry = <Result>(
  source: AskingSource,
  context: ToolContext,
  work: (registry: Registry) => Promise<Result>,
) => Promise<Result | LockFailure>;

export const keyOf = (name: string, version: string): string => `${name} ${version}`;

/** Whether one point in time, ISO 8601, is not after another. */
export const isUntil = (time: string, limit: string): boolean => Date.parse(time) <= Date.parse(limit);

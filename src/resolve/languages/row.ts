import type { DependencySettings } from '../../dependencies/settings.ts';
import type { SourceFiles } from '../../function/files.ts';

export type Variables = Readonly<Record<string, string>>;

export interface ToolEnvironment {
  readonly variables: Variables;
  readonly secrets: readonly string[];
}

/** What a job brings. */
export interface JobFiles {
  readonly files: SourceFiles;
  /** The registry file of the Secret, e.g. `.npmrc`. */
  readonly registrySettings: string | undefined;
}

/** How the resolver runs the tool of a language. */
export interface ResolveRow {
  /**
   * Lines on what is not followed in a source.
   *
   * @param variables of the tool; a source must not have one of them sent anywhere
   * @throws TooComplex
   */
  readonly crossings: (files: SourceFiles, settings: DependencySettings, variables: Variables) => Iterable<string>;
  /** Whether the files of a source have nothing but the public registry asked, in the ordinary way. */
  readonly asksPublicOnly: (files: SourceFiles) => boolean;
  /**
   * @param folder of the job, for files of settings
   * @param common variables of every tool
   * @returns why the settings cannot be used
   */
  readonly environment: (
    job: JobFiles,
    folder: string,
    cache: string,
    common: Variables,
  ) => Promise<ToolEnvironment | { readonly unusable: string }> | ToolEnvironment | { readonly unusable: string };
}

import type { InstallerChoice } from './installers.ts';
import type { RuntimeCatalogue } from './runtimes.ts';

/** What the administrator lets a Function choose from; the configuration has it. */
export interface FunctionChoices {
  readonly runtimes: RuntimeCatalogue;
  /** Resource presets of the Function's container, by name. */
  readonly profiles: Readonly<Record<string, object>>;
  readonly defaultProfile: string;
  readonly install: InstallChoices;
}

export interface InstallChoices {
  /** Those that may be used. */
  readonly installers: readonly string[];
  /** For Functions that name none, by the language. */
  readonly defaultInstaller: Readonly<Record<string, InstallerChoice>>;
  /** Secret with `.npmrc` or `pip.conf` for Functions that name none; it must exist in each Function's namespace. */
  readonly registry?: string;
}

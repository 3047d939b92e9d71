import type { SourceFiles } from '../../../function/files.ts';
import type { FastInstallOptions, ToolkitContext, ToolkitInstaller } from '../../fast-install/tool.ts';
import type { Refusal } from '../../program/refusal.ts';

/** What `buildless-prepare` has to know of a language. */
export interface PrepareRow {
  /** Installers of the toolkit, by name. */
  readonly installers: Readonly<Record<string, ToolkitInstaller>>;
  /** Installs in the place of one of them that declines, if the toolkit has an installer of the runtime as well. */
  readonly takeOver?: (
    options: Pick<FastInstallOptions, 'timeoutSeconds' | 'level' | 'registry' | 'cache'> & { readonly root: string },
    context: ToolkitContext,
  ) => Promise<Refusal | undefined>;
  /** Whether a source brings the packages of its lock, so that nothing is left to do. */
  readonly bringsPackages: (files: SourceFiles, folder: string) => boolean;
  /** Tells `buildless-install` what its installation must come to, if that does not read the source by the policy's own code. */
  readonly writeExpected?: (root: string, files: SourceFiles) => Promise<void>;
}

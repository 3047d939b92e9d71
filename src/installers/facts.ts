import { hasDependencies } from '../dependencies/present.ts';
import type { SourceFiles } from '../function/files.ts';
import { INSTALLERS, type FastInstaller } from '../function/installers.ts';
import type { Language } from '../function/languages.ts';
import { readForBun, whyNotBun } from './bun.ts';
import { whyNotUv } from './uv.ts';

/** What the choice of an installer needs to know of a source. */
export interface InstallationFacts {
  /** Whether an installation would install anything. */
  readonly hasDependencies: boolean;
  /**
   * Why the fast installer of the language is not to be taken, though it may be used; by the version of the language. A
   * version that is not here may have it.
   */
  readonly whyNotFast: Readonly<Record<string, string>>;
}

/** Reads the files once for all versions. */
const WHY_NOT: Readonly<Record<FastInstaller, (files: SourceFiles) => (version: string) => string | undefined>> = {
  bun: (files) => {
    const source = readForBun(files);
    return (version) => whyNotBun(files, version, source);
  },
  uv: (files) => {
    const reason = whyNotUv(files);
    return () => reason;
  },
};

/** @param versions of the language, e.g. `22`; all those that the source may be installed for */
export function installationFacts(
  files: SourceFiles,
  language: Language,
  versions: readonly string[],
): InstallationFacts {
  if (!hasDependencies(files, language)) return { hasDependencies: false, whyNotFast: {} };
  const whyNot = WHY_NOT[INSTALLERS[language].fast](files);
  const reasons = versions.flatMap((version) => {
    const reason = whyNot(version);
    return reason === undefined ? [] : [[version, reason] as const];
  });
  return { hasDependencies: true, whyNotFast: Object.fromEntries(reasons) };
}

/** Of a source that cannot be judged: npm or pip has to see what it is. */
export const unknownFacts = (versions: readonly string[], reason: string): InstallationFacts => ({
  hasDependencies: true,
  whyNotFast: Object.fromEntries(versions.map((version) => [version, reason])),
});

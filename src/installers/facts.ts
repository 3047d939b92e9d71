import { lacksLock } from '../dependencies/lacks-lock.ts';
import { needingScripts } from '../dependencies/needing-scripts.ts';
import type { NeedsScripts } from '../dependencies/needs-scripts.ts';
import { hasDependencies } from '../dependencies/present.ts';
import type { Reading } from '../dependencies/row.ts';
import type { SourceFiles } from '../function/files.ts';
import { INSTALLERS, type FastInstaller } from '../function/installers.ts';
import type { Language } from '../function/languages.ts';
import { whyNotBun, whyNotChosenBun } from './bun.ts';
import { whyNotChosenUv, whyNotUv } from './uv.ts';

/** What the choice of an installer needs to know of a source. */
export interface InstallationFacts {
  /** Whether an installation would install anything. */
  readonly hasDependencies: boolean;
  /** Whether it has dependencies and its author brings no lock, so that the controller may resolve one. */
  readonly lacksLock: boolean;
  /**
   * Why the fast installer of the language is not to be taken, though it may be used; by the version of the language. A
   * version that is not here may have it.
   */
  readonly whyNotFast: Readonly<Record<string, string>>;
  /** Why the fast installer cannot install the source for an author who chose it; by the version, as above. */
  readonly whyNotChosen: Readonly<Record<string, string>>;
  /** What can be installed only by running programs of a dependency; the first ones. */
  readonly needingScripts: readonly NeedsScripts[];
}

type WhyNot = (version: string) => string | undefined;

/** Reads the files once for all versions. */
const WHY_NOT: Readonly<
  Record<
    FastInstaller,
    (files: SourceFiles, reading: Reading | undefined) => { readonly auto: WhyNot; readonly chosen: WhyNot }
  >
> = {
  bun: (files, reading) => {
    const source = reading?.npm;
    return {
      auto: (version) => whyNotBun(files, version, source),
      chosen: (version) => whyNotChosenBun(files, version, source),
    };
  },
  uv: (files) => {
    const [auto, chosen] = [whyNotUv(files), whyNotChosenUv(files)];
    return { auto: () => auto, chosen: () => chosen };
  },
};

/**
 * @param versions of the language, e.g. `22`; all those that the source may be installed for
 * @param reading what the judge has read of them
 */
export function installationFacts(
  files: SourceFiles,
  language: Language,
  versions: readonly string[],
  reading: Reading | undefined,
): InstallationFacts {
  if (!hasDependencies(files, language)) {
    return { hasDependencies: false, lacksLock: false, whyNotFast: {}, whyNotChosen: {}, needingScripts: [] };
  }
  const { auto, chosen } = WHY_NOT[INSTALLERS[language].fast](files, reading);
  return {
    hasDependencies: true,
    lacksLock: lacksLock(files, language),
    whyNotFast: byVersion(versions, auto),
    whyNotChosen: byVersion(versions, chosen),
    needingScripts: needingScripts(files, language, reading),
  };
}

const byVersion = (versions: readonly string[], whyNot: WhyNot): Readonly<Record<string, string>> =>
  Object.fromEntries(
    versions.flatMap((version) => {
      const reason = whyNot(version);
      return reason === undefined ? [] : [[version, reason] as const];
    }),
  );

/** Of a source that cannot be judged: npm or pip has to see what it is. */
export function unknownFacts(versions: readonly string[], reason: string): InstallationFacts {
  const whyNot = byVersion(versions, () => reason);
  return { hasDependencies: true, lacksLock: false, whyNotFast: whyNot, whyNotChosen: whyNot, needingScripts: [] };
}

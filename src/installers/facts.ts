import { lacksLock } from '../dependencies/lacks-lock.ts';
import { needingScripts } from '../dependencies/needing-scripts.ts';
import type { NeedsScripts } from '../dependencies/needs-scripts.ts';
import { hasDependencies } from '../dependencies/present.ts';
import type { Reading } from '../dependencies/row.ts';
import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { WHY_NOT, type WhyNot } from './languages.ts';

/** What the choice of an installer needs to know of a source. */
export interface InstallFacts {
  /** Whether an installation would install anything. */
  readonly hasDependencies: boolean;
  /** Whether it has dependencies and its author brings no lock, so that the controller may resolve one. */
  readonly lacksLock: boolean;
  /** By the installer's name; one that is not here may have every version. */
  readonly whyNot: Readonly<Record<string, Unfit>>;
  /** What can be installed only by running programs of a dependency; the first ones. */
  readonly needingScripts: readonly NeedsScripts[];
}

/** Reasons by the version of the language. A version that is not here may have the installer. */
export interface Unfit {
  /** Why it is not to be taken, though it may be used. */
  readonly auto: Readonly<Record<string, string>>;
  /** Why it cannot install the source for an author who chose it. */
  readonly chosen: Readonly<Record<string, string>>;
}

/**
 * @param versions of the language, e.g. `22`; all those that the source may be installed for
 * @param reading what the judge has read of them
 */
export function installFacts(
  files: SourceFiles,
  language: Language,
  versions: readonly string[],
  reading: Reading | undefined,
): InstallFacts {
  if (!hasDependencies(files, language)) {
    return { hasDependencies: false, lacksLock: false, whyNot: {}, needingScripts: [] };
  }
  return {
    hasDependencies: true,
    lacksLock: lacksLock(files, language),
    whyNot: unfitOf(language, versions, (whyNot) => whyNot(files, reading)),
    needingScripts: needingScripts(files, language, reading),
  };
}

function unfitOf(
  language: Language,
  versions: readonly string[],
  ask: (whyNot: (files: SourceFiles, reading: Reading | undefined) => WhyNot) => WhyNot,
): InstallFacts['whyNot'] {
  const entries = Object.entries(WHY_NOT.of(language)).map(([name, whyNot]) => {
    const { auto, chosen } = ask(whyNot);
    return [name, { auto: byVersion(versions, auto), chosen: byVersion(versions, chosen) }] as const;
  });
  return Object.fromEntries(entries);
}

const byVersion = (
  versions: readonly string[],
  whyNot: (version: string) => string | undefined,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    versions.flatMap((version) => {
      const reason = whyNot(version);
      return reason === undefined ? [] : [[version, reason] as const];
    }),
  );

/** Of a source that cannot be judged: an installer of the runtime has to see what it is. */
export function unknownFacts(language: Language, versions: readonly string[], reason: string): InstallFacts {
  const whyNot = unfitOf(language, versions, () => ({ auto: () => reason, chosen: () => reason }));
  return { hasDependencies: true, lacksLock: false, whyNot, needingScripts: [] };
}

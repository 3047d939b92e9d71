import type { SourceFiles } from '../function/files.ts';
import { LANGUAGES, type Language } from '../function/languages.ts';
import { Budget, TooComplex } from './budget.ts';
import { MeteredFiles } from './metered-files.ts';
import { judgeNpm } from './npm/judge.ts';
import type { DependencyFinding } from './policy.ts';
import { judgePython } from './python/judge.ts';
import { DEFAULT_DEPENDENCY_SETTINGS, type DependencySettings } from './settings.ts';

type Judge = (files: SourceFiles, settings: DependencySettings, budget: Budget) => readonly DependencyFinding[];

/** About half a second of CPU; 2,000 entries of a lock take a fifth of it. */
const MOST_STEPS = 500_000;

const JUDGES: Readonly<Record<Language, Judge>> = { nodejs: judgeNpm, python: judgePython };

/**
 * Judges what an installation of a source would install. Pure, asks no registry, never throws. A source that takes more steps than
 * it may is refused as a whole.
 *
 * @param budget of steps
 * @returns every finding of every level, in the order of files and lines; which of them refuse is `refuses` of policy.ts
 */
export function judgeDependencies(
  files: SourceFiles,
  language: Language,
  settings: DependencySettings = DEFAULT_DEPENDENCY_SETTINGS,
  budget = new Budget(MOST_STEPS),
): readonly DependencyFinding[] {
  try {
    return JUDGES[language](new MeteredFiles(files, budget), settings, budget);
  } catch (error) {
    if (error instanceof TooComplex) return [tooComplex(language, `it would take more than ${error.steps} steps`)];
    // A reader that calls itself for each level of a text: the stack is its budget.
    if (error instanceof RangeError) return [tooComplex(language, 'the files are nested too deeply')];
    throw error;
  }
}

/** @param reason for a sentence, with the limit in it, e.g. `it took longer than 2 s` */
export function tooComplex(language: Language, reason: string): DependencyFinding {
  const [file = ''] = LANGUAGES[language].dependencyFiles;
  return {
    code: 'too-complex',
    level: 'no-latest',
    file,
    problem: `the dependencies were not judged, because ${reason}`,
    fix: 'remove dependencies, overrides or entries that are not needed',
  };
}

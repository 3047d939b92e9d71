import type { SourceFiles } from '../function/files.ts';
import { LANGUAGES, type Language } from '../function/languages.ts';
import { Budget, TooComplex } from './budget.ts';
import { DEPENDENCIES } from './languages.ts';
import { MeteredFiles } from './metered-files.ts';
import type { DependencyFinding } from './policy.ts';
import type { Judgement } from './row.ts';
import { DEFAULT_DEPENDENCY_SETTINGS, type DependencySettings } from './settings.ts';

/** About half a second of CPU; 2,000 entries of a lock take a fifth of it. */
const MOST_STEPS = 500_000;

/**
 * Judges what an installation of a source would install. Pure, asks no registry, never throws. A source that takes more steps than
 * it may is refused as a whole.
 *
 * @param budget of steps
 */
export function judgeSource(
  files: SourceFiles,
  language: Language,
  settings: DependencySettings = DEFAULT_DEPENDENCY_SETTINGS,
  budget = new Budget(MOST_STEPS),
): Judgement {
  const refused = (reason: string): Judgement => ({ findings: [tooComplex(language, reason)] });
  try {
    const row = DEPENDENCIES.of(language);
    const judgement = row.judge(new MeteredFiles(files, budget), settings, budget);
    return { ...judgement, contents: row.contents(judgement.reading, budget) };
  } catch (error) {
    if (error instanceof TooComplex) return refused(`it would take more than ${error.steps} steps`);
    // A reader that calls itself for each level of a string: the stack is its budget.
    if (error instanceof RangeError) return refused('the files are nested too deeply');
    throw error;
  }
}

/** The findings alone. */
export const judgeDependencies = (...source: Parameters<typeof judgeSource>): readonly DependencyFinding[] =>
  judgeSource(...source).findings;

/** @param reason for a sentence, with the limit in it, e.g. `it took longer than 2 s` */
export function tooComplex(language: Language, reason: string): DependencyFinding {
  const [file = ''] = LANGUAGES.of(language).dependencyFiles;
  return {
    code: 'too-complex',
    level: 'no-latest',
    file,
    problem: `the dependencies were not judged, because ${reason}`,
    fix: 'remove dependencies, overrides or entries that are not needed',
  };
}

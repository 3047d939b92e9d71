import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { judgeNpm } from './npm/judge.ts';
import type { DependencyFinding } from './policy.ts';
import { judgePython } from './python/judge.ts';
import { DEFAULT_DEPENDENCY_SETTINGS, type DependencySettings } from './settings.ts';

type Judge = (files: SourceFiles, settings: DependencySettings) => readonly DependencyFinding[];

const JUDGES: Readonly<Record<Language, Judge>> = { nodejs: judgeNpm, python: judgePython };

/**
 * Judges what an installation of a source would install. Pure, asks no registry, never throws.
 *
 * @returns every finding of every level, in the order of files and lines; which of them refuse is `refuses` of policy.ts
 */
export const judgeDependencies = (
  files: SourceFiles,
  language: Language,
  settings: DependencySettings = DEFAULT_DEPENDENCY_SETTINGS,
): readonly DependencyFinding[] => JUDGES[language](files, settings);

import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { hasNpmDependencies } from './npm/present.ts';
import { hasPythonDependencies } from './python/present.ts';

const PRESENT: Readonly<Record<Language, (files: SourceFiles) => boolean>> = {
  nodejs: hasNpmDependencies,
  python: hasPythonDependencies,
};

/** Whether an installation of a source would install anything; true where its files cannot be read, for npm or pip to say. */
export const hasDependencies = (files: SourceFiles, language: Language): boolean => PRESENT[language](files);

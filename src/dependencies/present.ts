import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { hasNpmDependencies } from './npm/present.ts';
import { hasPythonDependencies } from './python/present.ts';

const PRESENT: Readonly<Record<Language, (files: SourceFiles) => boolean>> = {
  nodejs: hasNpmDependencies,
  python: hasPythonDependencies,
};

/** A source is read once and looked at in each review of its Function's Pods. */
const known = new WeakMap<SourceFiles, Map<Language, boolean>>();

/** Whether an installation of a source would install anything; true where its files cannot be read, for npm or pip to say. */
export function hasDependencies(files: SourceFiles, language: Language): boolean {
  const answers = known.get(files) ?? new Map<Language, boolean>();
  const answer = answers.get(language) ?? PRESENT[language](files);
  known.set(files, answers.set(language, answer));
  return answer;
}

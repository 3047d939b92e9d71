import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { DEPENDENCIES } from './languages.ts';

/** A source is read once and looked at in each review of its Function's Pods. */
const known = new WeakMap<SourceFiles, Map<Language, boolean>>();

/** Whether an installation of a source would install anything; true if its files cannot be read, for the installer to say. */
export function hasDependencies(files: SourceFiles, language: Language): boolean {
  const answers = known.get(files) ?? new Map<Language, boolean>();
  const answer = answers.get(language) ?? DEPENDENCIES.of(language).hasDependencies(files);
  known.set(files, answers.set(language, answer));
  return answer;
}

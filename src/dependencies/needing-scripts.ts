import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { type NeedsScripts, npmNeedingScripts } from './npm/needing-scripts.ts';
import { pythonNeedingScripts } from './python/needing-scripts.ts';

const NEEDING: Readonly<Record<Language, (files: SourceFiles) => readonly NeedsScripts[]>> = {
  nodejs: npmNeedingScripts,
  python: pythonNeedingScripts,
};

/** A source is read once and looked at in each review of its Function's Pods. */
const known = new WeakMap<SourceFiles, Map<Language, readonly NeedsScripts[]>>();

/** What of a source's dependencies can be installed only by running their own programs. */
export function needingScripts(files: SourceFiles, language: Language): readonly NeedsScripts[] {
  const answers = known.get(files) ?? new Map<Language, readonly NeedsScripts[]>();
  const answer = answers.get(language) ?? NEEDING[language](files);
  known.set(files, answers.set(language, answer));
  return answer;
}

/** What an author does about it. */
export const WITHOUT_SCRIPTS =
  'use a version from a registry, or set the annotation buildless.dev/install-scripts: allow';

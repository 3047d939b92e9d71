import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { type NeedsScripts, npmNeedingScripts } from './npm/needing-scripts.ts';
import { pythonNeedingScripts } from './python/needing-scripts.ts';

const NEEDING: Readonly<Record<Language, (files: SourceFiles) => readonly NeedsScripts[]>> = {
  nodejs: npmNeedingScripts,
  python: pythonNeedingScripts,
};

/** What of a source's dependencies can be installed only by running their own programs; the first ones. */
export const needingScripts = (files: SourceFiles, language: Language): readonly NeedsScripts[] =>
  NEEDING[language](files);

/** What an author does about it. */
export const WITHOUT_SCRIPTS =
  'use a version from a registry, or set the annotation buildless.dev/install-scripts: allow';

import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { type NeedsScripts, npmNeedingScripts } from './npm/needing-scripts.ts';
import { type NpmSource, readJudgeableSource } from './npm/source.ts';
import { pythonNeedingScripts } from './python/needing-scripts.ts';

/**
 * What of a source's dependencies can be installed only by running their own programs; the first ones.
 *
 * @param npm what npm would read, if it was read already
 */
export const needingScripts = (files: SourceFiles, language: Language, npm?: NpmSource): readonly NeedsScripts[] =>
  language === 'nodejs' ? npmNeedingScripts(npm ?? readJudgeableSource(files)) : pythonNeedingScripts(files);

/** What an author does about it. */
export const WITHOUT_SCRIPTS =
  'use a version from a registry, or set the annotation buildless.dev/install-scripts: allow';

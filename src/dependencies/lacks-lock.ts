import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { DEPENDENCIES } from './languages.ts';
import { bringsLockFile } from './lock-files.ts';
import { hasDependencies } from './present.ts';

/**
 * Whether a source has dependencies and its author brings no lock. A lock that is not sound is still the author's, and is
 * judged as such.
 */
export const lacksLock = (files: SourceFiles, language: Language): boolean =>
  hasDependencies(files, language) &&
  !bringsLockFile(files, language) &&
  !DEPENDENCIES.of(language).isLockedOtherwise(files);

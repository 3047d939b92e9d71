import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { bringsLockFile } from './lock-files.ts';
import { hasDependencies } from './present.ts';
import { treeOf } from './python/format/paths.ts';
import { REQUIREMENTS } from './python/judge.ts';
import { readRequirements } from './python/requirements.ts';

/** One requirement with a hash makes pip ask for a hash of all: the author's lock, whole or not. */
const hasHash = (files: SourceFiles): boolean =>
  readRequirements(treeOf(files), REQUIREMENTS).requirements.some(({ hashes }) => hashes.length > 0);

/**
 * Whether a source has dependencies and its author brings no lock. A lock that is not sound is still the author's, and is
 * judged as such.
 */
export const lacksLock = (files: SourceFiles, language: Language): boolean =>
  hasDependencies(files, language) && !bringsLockFile(files, language) && !(language === 'python' && hasHash(files));

import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { DEPENDENCIES } from './languages.ts';
import type { NeedsScripts } from './needs-scripts.ts';
import type { Reading } from './row.ts';

/**
 * What of a source's dependencies can be installed only by running their own programs; the first ones.
 *
 * @param reading what its judge has read, if it was judged already
 */
export const needingScripts = (files: SourceFiles, language: Language, reading?: Reading): readonly NeedsScripts[] =>
  DEPENDENCIES.of(language).needingScripts(files, reading);

/** What an author does about it. */
export const WITHOUT_SCRIPTS =
  'use a version from a registry, or set the annotation buildless.dev/install-scripts: allow';

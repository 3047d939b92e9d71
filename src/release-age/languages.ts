import { LanguageRows } from '../function/languages.ts';
import type { SourceFiles } from '../function/files.ts';
import { normalizeName } from '../dependencies/python/format/names.ts';
import { lockedByNpm } from './languages/nodejs.ts';
import { lockedByPython } from './languages/python.ts';
import type { LockedRelease } from './release.ts';

/** How the lock of a language is read. */
export interface LockedRow {
  /** The one way to write the name of a package. */
  readonly normalName: (name: string) => string;
  /** @returns the versions that an installation of a source takes; undefined if its lock cannot be read, or there is none */
  readonly releases: (files: SourceFiles) => readonly LockedRelease[] | undefined;
}

export const LOCKED_RELEASES = new LanguageRows<LockedRow>('src/release-age', {
  nodejs: { releases: lockedByNpm, normalName: (name) => name },
  python: { releases: lockedByPython, normalName: normalizeName },
});

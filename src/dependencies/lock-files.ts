import path from 'node:path';
import type { SourceFiles } from '../function/files.ts';
import { LanguageRows, type Language } from '../function/languages.ts';
import type { LanguageRuntime } from '../function/languages/traits.ts';
import { NPM_LOCKS, PACKAGE_LOCK, RESOLVED_FROM } from './npm/file-names.ts';

/** What of a source a lock depends on, and where it is. */
interface LockFilesRow {
  /** The file that the controller's lock becomes in the source. */
  readonly file: string;
  /** Files of which any is an author's lock, sound or not. */
  readonly authors: readonly string[];
  /** Whether a resolver reads a file: manifests, also of `file:` folders, the lock that is there, settings, archives. */
  readonly isRead: (file: string) => boolean;
  /** C libraries of the runtimes that a lock of the controller is for. */
  readonly libcs: readonly LanguageRuntime['libc'][];
}

export const LOCK_FILES = new LanguageRows<LockFilesRow>('src/dependencies/lock-files.ts', {
  nodejs: {
    file: PACKAGE_LOCK,
    authors: NPM_LOCKS,
    isRead: (file) => RESOLVED_FROM.includes(path.posix.basename(file)) || file.endsWith('.tgz'),
    libcs: ['glibc', 'musl'],
  },
  python: {
    file: 'pylock.toml',
    authors: ['pylock.toml'],
    // Everything that a requirements file may include.
    isRead: (file) => /\.(?:txt|in|toml|whl|tar\.gz|zip|cfg)$/.test(file),
    // It names wheels, and those are for glibc.
    libcs: ['glibc'],
  },
});

/** The names that a lock of the controller may have. */
export const lockFileNames = (): readonly string[] => LOCK_FILES.values().map(({ file }) => file);

/** A source without the locks at its top, to be locked as if for the first time. */
export const withoutLocks = (files: SourceFiles): SourceFiles =>
  new Map([...files].filter(([file]) => !LOCK_FILES.values().some(({ authors }) => authors.includes(file))));

/** The part of a source on which its lock depends; an edit of the rest moves no dependency. */
export const resolverFiles = (files: SourceFiles, language: Language): SourceFiles =>
  new Map([...files].filter(([file]) => LOCK_FILES.of(language).isRead(file)));

/** Whether a source has a lock file of its own, which takes precedence over that of its revision. */
export const bringsLockFile = (files: Pick<SourceFiles, 'has'>, language: Language): boolean =>
  LOCK_FILES.of(language).authors.some((file) => files.has(file));

import path from 'node:path';
import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';

/** Files of a source that a resolver reads: manifests, also of `file:` folders, the lock that is there, settings, archives. */
const READ_BY_RESOLVER: Readonly<Record<Language, (file: string) => boolean>> = {
  nodejs: (file) =>
    ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc'].includes(path.posix.basename(file)) ||
    file.endsWith('.tgz'),
  // Everything that a requirements file may include.
  python: (file) => /\.(?:txt|in|toml|whl|tar\.gz|zip|cfg)$/.test(file),
};

const LOCKS: readonly string[] = ['package-lock.json', 'npm-shrinkwrap.json', 'pylock.toml'];

/** A source without the locks at its top, to be locked as if for the first time. */
export const withoutLocks = (files: SourceFiles): SourceFiles =>
  new Map([...files].filter(([file]) => !LOCKS.includes(file)));

/** The part of a source on which its lock depends; an edit of the rest moves no dependency. */
export const resolverFiles = (files: SourceFiles, language: Language): SourceFiles =>
  new Map([...files].filter(([file]) => READ_BY_RESOLVER[language](file)));

/** The file that the controller's lock becomes in the source. */
export const LOCK_FILES: Readonly<Record<Language, string>> = {
  nodejs: 'package-lock.json',
  python: 'pylock.toml',
};

/** Files of which any is an author's lock, sound or not. */
const AUTHOR_LOCKS: Readonly<Record<Language, readonly string[]>> = {
  nodejs: ['package-lock.json', 'npm-shrinkwrap.json'],
  python: ['pylock.toml'],
};

/** Whether a source has a lock file of its own, which takes precedence over that of its revision. */
export const bringsLockFile = (files: Pick<SourceFiles, 'has'>, language: Language): boolean =>
  AUTHOR_LOCKS[language].some((file) => files.has(file));

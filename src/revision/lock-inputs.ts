import { createHash } from 'node:crypto';
import type { DependencySettings } from '../dependencies/settings.ts';
import { digestOf, type SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import type { ReleaseAgePolicy } from '../release-age/policy.ts';
import { resolverFiles } from '../dependencies/lock-files.ts';

/** All on which a lock depends, apart from the day on which it is resolved. */
export interface LockInputs {
  readonly files: SourceFiles;
  readonly language: Language;
  /** Of the language, as the catalogue has it: `22`, `3.12`. */
  readonly version: string;
  /** Registries that the configuration allows. */
  readonly settings: DependencySettings;
  /** Secret with `.npmrc` or `pip.conf`. */
  readonly registry?: string;
  readonly refresh: number;
  /** How old its versions have to be; absent if they may be of any age. */
  readonly age?: ReleaseAgePolicy;
  /** Set if the files have the lock of their author, which is only compared with the age. */
  readonly isAuthors?: true;
  /** Set if nobody can resolve a lock for the runtime, so that it cannot be compared with the age. */
  readonly isUnlockable?: true;
}

/**
 * Stands for a lock: the same inputs have the same lock, whoever asks and whenever.
 *
 * @returns `sha256:` and 64 hexadecimal digits
 */
export function lockDigest({ files, language, version, settings, registry, refresh, age }: LockInputs): string {
  const inputs = [
    digestOf(resolverFiles(files, language)),
    language,
    version,
    settings.registries,
    registry ?? null,
    refresh,
    ...(age === undefined ? [] : [[age.seconds, age.exceptions, age.unknown]]),
  ];
  return `sha256:${createHash('sha256').update(JSON.stringify(inputs)).digest('hex')}`;
}

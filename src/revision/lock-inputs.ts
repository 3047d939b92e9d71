import { createHash } from 'node:crypto';
import type { DependencySettings } from '../dependencies/settings.ts';
import { digestOf, type SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { boundRules } from '../release-rules/list.ts';
import type { ReleaseRules } from '../release-rules/rules.ts';
import { resolverFiles } from '../dependencies/lock-files.ts';

/** All on which a lock depends, apart from the day on which it is resolved. */
export interface LockInputs {
  readonly files: SourceFiles;
  /**
   * The source with its commit, if the lock is named after that and not after the files: admission sees no files of Git, and its
   * Pods wait for the verdict by this name.
   */
  readonly commit?: string;
  readonly language: Language;
  /** Of the language, as the catalogue has it: `22`, `3.12`. */
  readonly version: string;
  /** Registries that the configuration allows. */
  readonly settings: DependencySettings;
  /** Secret with `.npmrc` or `pip.conf`. */
  readonly registry?: string;
  readonly refresh: number;
  /** What its versions are compared with; absent if no registry has to be asked about them. */
  readonly rules?: ReleaseRules;
  /** Set if the files have the lock of their author, which is only compared with the rules. */
  readonly isAuthors?: true;
  /** Set if nobody can resolve a lock for the runtime, so that it cannot be compared with the rules. */
  readonly isUnlockable?: true;
}

/**
 * Stands for a lock: the same inputs have the same lock, whoever asks and whenever.
 *
 * @returns `sha256:` and 64 hexadecimal digits
 */
export function lockDigest({
  files,
  commit,
  language,
  version,
  settings,
  registry,
  refresh,
  rules,
}: LockInputs): string {
  const inputs = [
    commit ?? digestOf(resolverFiles(files, language)),
    language,
    version,
    settings.registries,
    registry ?? null,
    refresh,
    ...boundRules(rules).map(({ inDigest }) => inDigest),
  ];
  return `sha256:${createHash('sha256').update(JSON.stringify(inputs)).digest('hex')}`;
}

import type { WantedSource } from '../../../admission/judge-pod.ts';
import { languagesOf } from '../../../admission/kinds/config-map.ts';
import type { SourceFiles } from '../../../function/files.ts';
import { LANGUAGES, type Language } from '../../../function/languages.ts';
import { LOCKERS } from '../../../lock/languages.ts';
import type { LockFailure } from '../../../lock/lock.ts';
import { versionFor, type ChosenRuntime } from './chosen-runtime.ts';

/** What a source is locked for. */
export interface Target {
  readonly language: Language;
  readonly version: string;
  /** Whether a Function asks for install scripts. */
  readonly builds: boolean;
}

/**
 * What a source is to be locked for, each language once: the languages of the Functions that are made of it, or those of
 * its dependency files if there are none.
 */
export function targetsOf(
  users: readonly WantedSource[],
  files: SourceFiles,
  runtime: ChosenRuntime,
): readonly (Target | LockFailure)[] {
  const languages = users.length === 0 ? languagesOf(files) : [...new Set(users.map(({ language }) => language))];
  return languages.map((language) => {
    const own = users.filter((user) => user.language === language);
    const builds = own.some(({ installScripts }) => installScripts);
    const [version, other] = [...new Set(own.map((user) => user.version))];
    if (LOCKERS.of(language).isOfOneVersion && other !== undefined) {
      return {
        problem: `Functions of ${LANGUAGES.of(language).title} ${version ?? ''} and ${other} share it, and one lock is for one version`,
        fix: 'give each a ConfigMap of its own, or one runtime to both',
      };
    }
    const known = version ?? versionFor(language, runtime);
    return typeof known === 'string' ? { language, version: known, builds } : known;
  });
}

import type { Configuration } from '../../../config/configuration.ts';
import { RUNTIME_FACTS } from '../../../folders/languages.ts';
import { runtimeOf } from '../../../folders/runtime.ts';
import { LANGUAGES, type Language } from '../../../function/languages.ts';
import { LOCKERS } from '../../../lock/languages.ts';
import type { LockFailure } from '../../../lock/lock.ts';

/** Of `--runtime`; empty if it is not given. */
export interface ChosenRuntime {
  readonly language?: Language;
  readonly version?: string;
}

export function chosenRuntime(name: string | undefined, { runtimes }: Configuration): ChosenRuntime | LockFailure {
  if (name === undefined) return {};
  const runtime = Object.hasOwn(runtimes, name) ? runtimes[name] : undefined;
  const fix = `choose one of ${Object.keys(runtimes).join(', ')}`;
  return runtime ?? { problem: `unknown runtime "${name}"`, fix };
}

/** As the folder itself says; empty if it does not, as npm's lock needs none. */
export function runtimeOfFolder(folder: string, { runtimes }: Configuration): ChosenRuntime {
  const chosen = runtimeOf(folder === '' ? '.' : folder, undefined, runtimes);
  return ('name' in chosen ? runtimes[chosen.name] : undefined) ?? {};
}

/** What a source is locked for where no Function says it: npm's lock is the same for every Node.js. */
export function versionFor(language: Language, runtime: ChosenRuntime): string | LockFailure {
  if (runtime.language === language && runtime.version !== undefined) return runtime.version;
  if (!LOCKERS.of(language).isOfOneVersion) return '';
  return {
    problem: `which ${LANGUAGES.of(language).title} it is locked for is not known: no Function names this source`,
    fix: `give --runtime, e.g. --runtime python312, or write ${RUNTIME_FACTS.of(language).places.join(' or ')}`,
  };
}

import type { Fault } from './explain.ts';
import type { ConfigurationFile } from './schema.ts';

export interface ReadKeys {
  /** The file with the keys that have taken their place. */
  readonly file: ConfigurationFile;
  readonly warnings: readonly Fault[];
  readonly faults: readonly Fault[];
}

/** Takes keys with a former name for those that have taken their place: they are still read, with a warning. */
export function readFormerKeys(file: ConfigurationFile): ReadKeys {
  const warnings: Fault[] = [];
  const faults: Fault[] = [];
  const { npmRegistries, pythonIndexes, ...dependencies } = file.dependencies ?? {};
  const registries = { ...dependencies.registries };
  for (const [key, language, given] of [
    ['npmRegistries', 'nodejs', npmRegistries],
    ['pythonIndexes', 'python', pythonIndexes],
  ] as const) {
    if (given === undefined) continue;
    const place = { path: ['dependencies', key], atKey: true };
    const now = `dependencies.registries.${language}`;
    if (registries[language] === undefined) {
      registries[language] = given;
      warnings.push({ ...place, problem: `dependencies.${key} is deprecated`, fix: `write ${now}` });
    } else {
      faults.push({ ...place, problem: `dependencies.${key} and ${now} are both set`, fix: `keep ${now}` });
    }
  }
  return { file: { ...file, dependencies: { ...dependencies, registries } }, warnings, faults };
}

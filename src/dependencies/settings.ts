import type { Language } from '../function/languages.ts';

/** What the administrator allows of registries, for one language. */
export interface DependencySettings {
  /**
   * Registries (npm) or indexes (Python) beside the public one that files of a source may name, as URLs that end with a slash.
   *
   * @example ['https://npm.registry.example/']
   */
  readonly registries: readonly string[];
}

/** `dependencies` of the configuration: the registries of each language, by its name. */
export interface RegistrySettings {
  readonly registries: Readonly<Record<string, readonly string[]>>;
}

export const DEFAULT_DEPENDENCY_SETTINGS: DependencySettings = { registries: [] };

/** The part of the configuration that is about one language. */
export const settingsOf = ({ registries }: RegistrySettings, language: Language): DependencySettings => ({
  registries: registries[language] ?? [],
});

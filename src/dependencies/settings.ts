/** What the administrator allows of registries; `dependencies` of the configuration. */
export interface DependencySettings {
  /**
   * Registries beside the public one that a lock's `resolved` and an `.npmrc` of a source may name, as URLs that the address
   * begins with.
   *
   * @example ['https://npm.registry.example/']
   */
  readonly npmRegistries: readonly string[];
  /** Indexes beside the public one that a requirements file may name, as URLs. */
  readonly pythonIndexes: readonly string[];
}

export const DEFAULT_DEPENDENCY_SETTINGS: DependencySettings = { npmRegistries: [], pythonIndexes: [] };

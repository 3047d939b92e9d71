import { PATHS } from './keys.ts';

/** The languages that Buildless has a server and an installer for. */
export type Language = 'nodejs' | 'python';

/** What differs between the languages; everything else treats them alike. */
export interface LanguageTraits {
  /** Name for messages. */
  readonly title: string;
  /** Extensions of a handler's file, the preferred first. */
  readonly extensions: readonly string[];
  /** Files that name dependencies; a source without any of them has nothing to install. */
  readonly dependencyFiles: readonly string[];
  /** The key that a registry Secret must have. */
  readonly registryFile: string;
  /** Path in the Pod of the HTTP server. */
  readonly server: string;
  /** Path in the Pod of the program that `buildless-install` runs. */
  readonly installer: string;
  /**
   * Port where the server answers the liveness probe from a thread or process of its own, as it cannot at the Function's
   * port while the handler computes (Node.js) or keeps the interpreter's lock (Python).
   */
  readonly healthPort?: number;
  /** Env of every Function's container, with the HTTP server or without. */
  readonly env: Readonly<Record<string, string>>;
  /** Env of the HTTP server only. */
  readonly serverEnv: Readonly<Record<string, string>>;
  /**
   * The variable by which the interpreter finds the installed dependencies in a container with its own command; none where
   * it finds them by itself. Our server needs none, and what stands in PYTHONPATH would come before the standard library.
   */
  readonly searchPath?: { readonly name: string; readonly value: string };
}

/** Folder below the Function's own where pip installs; a name that no module can have. */
export const PYTHON_PACKAGES = '.python-packages';

export const LANGUAGES: Readonly<Record<Language, LanguageTraits>> = {
  nodejs: {
    title: 'Node.js',
    extensions: ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'],
    dependencyFiles: ['package.json'],
    registryFile: '.npmrc',
    server: `${PATHS.runtime}/server.mjs`,
    installer: `${PATHS.runtime}/install.mjs`,
    healthPort: 8099,
    env: { NODE_ENV: 'production' },
    serverEnv: {},
  },
  python: {
    title: 'Python',
    extensions: ['.py'],
    dependencyFiles: ['requirements.txt', 'pylock.toml'],
    registryFile: 'pip.conf',
    server: `${PATHS.runtime}/server.py`,
    installer: `${PATHS.runtime}/install.py`,
    healthPort: 8099,
    env: { PYTHONUNBUFFERED: '1' },
    serverEnv: { FUNCTION_PATH: PATHS.function },
    searchPath: { name: 'PYTHONPATH', value: `${PATHS.function}/${PYTHON_PACKAGES}` },
  },
};

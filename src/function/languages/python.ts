import { PATHS } from '../keys.ts';
import type { LanguageRuntime, LanguageTraits } from './traits.ts';

/** Folder below the Function's own where pip installs; a name that no module can have. */
export const PYTHON_PACKAGES = '.python-packages';

const runtime = (version: string, release: string): LanguageRuntime => ({
  version,
  image: `docker.io/library/python:${release}-slim`,
  interpreter: 'python3',
});

export const PYTHON: LanguageTraits = {
  title: 'Python',
  // The server's own packages are those for this version.
  version: { pattern: /^[1-9]\d*\.\d+$/, fix: 'write major and minor version, such as "3.12"', oldest: '3.11' },
  runtimes: {
    python311: runtime('3.11', '3.11.18'),
    python312: runtime('3.12', '3.12.16'),
    python313: runtime('3.13', '3.13.18'),
    python314: runtime('3.14', '3.14.10'),
  },
  interpreterAliases: ['python'],
  extensions: ['.py'],
  // A dot may also stand for a package's folder, as in an import.
  handlerStems: (file) => [...new Set([file, file.replaceAll('.', '/')])],
  installers: [
    { name: 'uv', runsIn: 'toolkit' },
    { name: 'pip', runsIn: 'runtime' },
  ],
  dependencyFiles: ['requirements.txt', 'pylock.toml'],
  packages: PYTHON_PACKAGES,
  registryFile: 'pip.conf',
  apis: ['event', 'http'],
  server: `${PATHS.runtime}/server.py`,
  installer: `${PATHS.runtime}/install.py`,
  healthPort: 8099,
  env: { PYTHONUNBUFFERED: '1' },
  serverEnv: { FUNCTION_PATH: PATHS.function },
  // Our own server needs none, and what is in PYTHONPATH would come before the standard library.
  searchPath: { name: 'PYTHONPATH', value: `${PATHS.function}/${PYTHON_PACKAGES}` },
};

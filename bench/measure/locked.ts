import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What every measured installation is about: 55 packages from npm, 14 from PyPI, with all that they ask for. */
export const NPM_DEPENDENCIES = { axios: '1.7.9', lodash: '4.17.21', cloudevents: '8.0.2' };
export const PYTHON_REQUIREMENTS = ['requests==2.32.3', 'flask==3.0.3', 'pydantic==2.9.2'];

type Dependencies = Readonly<Record<string, string>>;

export const npmManifest = (dependencies: Dependencies = NPM_DEPENDENCIES): string => JSON.stringify({ dependencies });

/** Text of the package-lock.json that npm writes for them. */
export function npmLock(dependencies: Dependencies = NPM_DEPENDENCIES): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-bench-'));
  try {
    writeFileSync(path.join(folder, 'package.json'), npmManifest(dependencies));
    const quiet = ['--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', ['install', ...quiet], { cwd: folder });
    return readFileSync(path.join(folder, 'package-lock.json'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Text of the requirements.txt with hashes that uv writes for them.
 *
 * @param tools folder with uv
 * @param version of Python, e.g. `3.11`
 */
export function hashedRequirements(tools: string, version: string): string {
  const flags = ['--no-config', '--quiet', '--generate-hashes', `--python-version=${version}`];
  const input = PYTHON_REQUIREMENTS.join('\n');
  return execFileSync(path.join(tools, 'uv'), ['pip', 'compile', ...flags, '-'], { input, encoding: 'utf8' });
}

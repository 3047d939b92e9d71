import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface NpmProgram {
  /** npm-cli.js, to be run by this Node.js: no shell and no `#!` line is needed. */
  readonly script: string;
  readonly version: string;
}

const SCRIPT = 'npm-cli.js';

/** Finds the npm of the image: the one on the PATH, else the one that came with this Node.js. */
export async function findNpm(searchPath: string): Promise<NpmProgram | undefined> {
  const node = path.dirname(realpathSync(process.execPath));
  const candidates = [
    ...searchPath
      .split(path.delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => path.join(folder, 'npm')),
    // Layout of the official archives and images, then of those that keep everything in one folder.
    path.join(node, '../lib/node_modules/npm/bin', SCRIPT),
    path.join(node, 'node_modules/npm/bin', SCRIPT),
  ];
  const scripts = candidates.filter((file) => existsSync(file)).map((file) => realpathSync(file));
  const script = scripts.find((file) => path.basename(file) === SCRIPT);
  if (script === undefined) return undefined;
  const packageJson: unknown = JSON.parse(await readFile(path.join(script, '../../package.json'), 'utf8'));
  const version =
    typeof packageJson === 'object' && packageJson !== null && 'version' in packageJson ? packageJson.version : '';
  return { script, version: typeof version === 'string' ? version : '' };
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { STANDALONE } from './build.ts';

export interface NodeProgram {
  /** Absolute path. */
  readonly command: string;
  /** Full version, e.g. `22.1.0`. */
  readonly version: string;
}

/** What the programs of a Function's Pod and npm need (package.json, `engines`). */
export const OLDEST_NODE = [20, 19] as const;
const LOOK_TIMEOUT = 10_000;

const QUESTION = 'console.log(process.execPath); console.log(process.versions.node)';

/**
 * The Node.js that starts npm and the programs of a Function: the one that runs this, or, as the file without Node.js cannot
 * stand in for it, the one on the PATH.
 *
 * @returns undefined if there is none that is new enough
 */
export async function findNode(searchPath: string): Promise<NodeProgram | undefined> {
  if (STANDALONE === undefined) return { command: process.execPath, version: process.versions.node };
  try {
    const env = { ...process.env, PATH: searchPath };
    const { stdout } = await promisify(execFile)('node', ['-e', QUESTION], { timeout: LOOK_TIMEOUT, env });
    const [command = '', version = ''] = stdout.trim().split(/\r?\n/);
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const isNewEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
    return command !== '' && isNewEnough ? { command, version } : undefined;
  } catch {
    return undefined;
  }
}

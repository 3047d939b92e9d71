import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BUN_OPTIONS } from '../function/toolkit.ts';
import type { Interpreter } from './languages/row.ts';

/** The one that the server of Functions is tested on. */
const OLDEST_BUN = [1, 4] as const;
const LOOK_TIMEOUT = 10_000;

const QUESTION = 'console.log(process.execPath); console.log(process.versions.bun)';

/** The bun on the PATH, if it is new enough for the server of Functions. */
export async function findBun(searchPath: string): Promise<Interpreter | undefined> {
  try {
    const env = { ...process.env, PATH: searchPath };
    const { stdout } = await promisify(execFile)('bun', [...BUN_OPTIONS, '-e', QUESTION], {
      timeout: LOOK_TIMEOUT,
      env,
    });
    const [command = '', version = ''] = stdout.trim().split(/\r?\n/);
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const fits = major === OLDEST_BUN[0] && minor >= OLDEST_BUN[1];
    return command !== '' && fits ? { command, version, same: true } : undefined;
  } catch {
    return undefined;
  }
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** The environment with an uv of a known version on the PATH, and with none. */
export async function environments(
  folder: string,
): Promise<{ readonly withUv: NodeJS.ProcessEnv; readonly withoutUv: NodeJS.ProcessEnv }> {
  const uv = path.join(folder, 'uv');
  await promisify(execFile)('python3', ['-m', 'pip', 'install', '--quiet', '--target', uv, 'uv==0.13.9']);
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const bare = folders.filter((each) => !existsSync(path.join(each, 'uv')));
  return {
    withUv: { ...process.env, PATH: [path.join(uv, 'bin'), ...bare].join(path.delimiter) },
    withoutUv: { ...process.env, PATH: bare.join(path.delimiter) },
  };
}

/** Runs of this user on this machine, so that `invoke` finds them: a small file for each, for as long as it serves. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { isObject } from '../kubernetes/object.ts';

export interface AnnouncedRun {
  /** Of the Function. */
  readonly name: string;
  readonly port: number;
  /** Of the command. */
  readonly pid: number;
}

/** https://specifications.freedesktop.org/basedir-spec: what outlives a program, and is not worth a backup. */
function folderOf(environment: NodeJS.ProcessEnv): string {
  const { XDG_STATE_HOME: given = '', LOCALAPPDATA: local = '' } = environment;
  const state = given !== '' ? given : local !== '' ? local : path.join(homedir(), '.local/state');
  return path.join(state, 'buildless/runs');
}

/** Writes the file; @returns what removes it */
export async function announce(run: AnnouncedRun, environment: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const folder = folderOf(environment);
  const file = path.join(folder, `${run.pid}.json`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, `${JSON.stringify(run)}\n`, { mode: 0o600 });
  } catch {
    // A home that cannot be written to: `invoke --port` finds it.
  }
  return () => rm(file, { force: true });
}

/** The runs that are alive, the latest first. */
export async function announcedRuns(environment: NodeJS.ProcessEnv): Promise<readonly AnnouncedRun[]> {
  const folder = folderOf(environment);
  const runs: AnnouncedRun[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const run = parsed(await readFile(path.join(folder, name), 'utf8').catch(() => ''));
    if (run !== undefined && isAlive(run.pid)) runs.push(run);
    // It was killed, and could not clean up.
    else await rm(path.join(folder, name), { force: true });
  }
  return runs.sort((a, b) => b.pid - a.pid);
}

function parsed(text: string): AnnouncedRun | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const { name, port, pid } = value;
    return typeof name === 'string' && typeof port === 'number' && typeof pid === 'number' && pid > 0
      ? { name, port, pid }
      : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

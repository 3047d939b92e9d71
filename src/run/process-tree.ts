import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/**
 * The processes that a program started, directly or not: those below it in the tree, those of its process group, and, on
 * Linux, those that carry its mark in their environment, as one whose parent has ended is in nobody's tree.
 *
 * @param root process id of the program, which leads a group of its own
 * @param mark `NAME=VALUE`, unique to the program
 */
export async function processesOf(root: number, mark: string): Promise<readonly number[]> {
  const rows = await listProcesses();
  const found = new Set(rows.filter(({ pid, group }) => pid === root || group === root).map(({ pid }) => pid));
  for (const { pid } of rows) if (await isMarked(pid, mark)) found.add(pid);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of rows) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

/** @returns false if the process has ended on its own */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Starts a program of the system. */
export type Execute = (file: string, args: readonly string[]) => Promise<unknown>;

/**
 * Asks a program to end. Windows has no SIGTERM, and a process that is ended leaves those that it has started: `taskkill` ends the
 * tree (https://learn.microsoft.com/windows-server/administration/windows-commands/taskkill).
 */
export async function askToEnd(
  pid: number,
  platform: NodeJS.Platform = process.platform,
  execute: Execute = promisify(execFile),
): Promise<void> {
  if (platform !== 'win32') signalProcess(pid, 'SIGTERM');
  // It may have ended on its own.
  else await execute('taskkill', ['/pid', String(pid), '/t', '/f']).catch(() => undefined);
}

async function listProcesses(): Promise<readonly ProcessRow[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  if (pids.length === 0) return listWithPs();
  const rows = await Promise.all(pids.map(readStat));
  return rows.filter((row) => row !== undefined);
}

/** proc_pid_stat(5): PID (COMMAND) STATE PARENT GROUP ...; the command may hold spaces and parentheses. */
async function readStat(pid: number): Promise<ProcessRow | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not asked for its status yet.
  return stat === '' || state === 'Z' ? undefined : { pid, parent: Number(parent), group: Number(group) };
}

/** If there is no /proc, as on macOS. */
async function listWithPs(): Promise<readonly ProcessRow[]> {
  const ps = promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid=']);
  // Windows has neither; `askToEnd` has ended all of them there.
  return rowsOfPs((await ps.catch(() => ({ stdout: '' }))).stdout);
}

/** @param output of `ps -A -o pid=,ppid=,pgid=`, whose columns are padded */
export function rowsOfPs(output: string): readonly ProcessRow[] {
  return output
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, group = 0]) => ({ pid, parent, group }));
}

async function isMarked(pid: number, mark: string): Promise<boolean> {
  const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environ.split('\0').includes(mark);
}

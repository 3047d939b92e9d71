import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const COMMAND = path.join(ROOT, 'dist/buildless.mjs');

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command to its end, as a user would, without a terminal. */
export async function buildless(args: readonly string[], stdin = '', cwd = ROOT, env = process.env): Promise<Finished> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd, env, stdio: 'pipe' });
  child.stdin.end(stdin);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { status, stdout, stderr };
}

/** Starts the built command; the caller ends it. */
export function startBuildless(args: readonly string[], cwd = ROOT): ChildProcess {
  return spawn(process.execPath, [COMMAND, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

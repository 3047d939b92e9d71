import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fetchFastInstallers } from '../../scripts/fast-installers.mjs';
import type { SourceFiles } from '../../src/function/files.ts';
import type { LockInputs } from '../../src/revision/lock-inputs.ts';
import { createResolverClient } from '../../src/resolve/client.ts';
import { isFailure, type Failure, type Resolver } from '../../src/resolve/resolver.ts';
import { COMMAND } from '../cli/command.ts';

const KEPT = path.resolve(import.meta.dirname, '../../node_modules/.cache/buildless/bin');

export interface RunningResolver extends Resolver {
  /** With jobs and cache. */
  readonly folder: string;
  readonly socket: string;
  readonly pid: number;
  /** All that it has logged. */
  readonly log: () => string;
  readonly close: () => Promise<void>;
}

/**
 * The built `buildless resolve` with the real npm and uv, and a client of it.
 *
 * @param parent of its folder
 */
export async function startResolver(env: NodeJS.ProcessEnv = {}, parent = tmpdir()): Promise<RunningResolver> {
  const top = await mkdtemp(path.join(parent, 'buildless-resolver-'));
  const folder = path.join(top, 'work');
  const socket = path.join(top, 'resolver.sock');
  const uv = await fetchFastInstallers(KEPT);
  const child = spawn(process.execPath, [COMMAND, 'resolve', '--socket', socket, '--folder', folder], {
    env: { ...process.env, PATH: `${uv}:${process.env.PATH ?? ''}`, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(top, { recursive: true, force: true });
  };
  // Its file is there a moment before anybody listens.
  const ready = new Promise<'ready'>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('resolver ready')) resolve('ready');
    });
  });
  if ((await Promise.race([ready, ended])) !== 'ready') {
    await stop();
    throw new Error(`the resolver ended before it was ready\n${log}`);
  }
  return {
    ...createResolverClient(socket),
    folder,
    socket,
    pid: child.pid ?? 0,
    log: () => log,
    close: stop,
  };
}

export const filesOf = (files: Readonly<Record<string, string>>): SourceFiles =>
  new Map(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)]));

export const nodejs = (files: Readonly<Record<string, string>>, allowed: readonly string[] = []): LockInputs => ({
  files: filesOf(files),
  language: 'nodejs',
  version: '22',
  settings: { registries: allowed },
  refresh: 0,
});

export const python = (requirements: string, allowed: readonly string[] = [], version = '3.12'): LockInputs => ({
  files: filesOf({ 'requirements.txt': requirements }),
  language: 'python',
  version,
  settings: { registries: allowed },
  refresh: 0,
});

export function resolved<Answer extends object>(answer: Answer | Failure): Answer {
  if (isFailure(answer)) throw new Error(JSON.stringify(answer));
  return answer;
}

export function failed(answer: object): Failure {
  if (!isFailure(answer)) throw new Error('it was resolved');
  return answer;
}

export const untilStopped = (): AbortSignal => new AbortController().signal;

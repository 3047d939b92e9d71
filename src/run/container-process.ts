import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { askToEnd, processesOf, signalProcess } from './process-tree.ts';

/** A container's program, ready to be started on this machine. */
export interface LocalProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A container of a Pod as a program of this machine. */
export interface ContainerProgram {
  readonly name: string;
  readonly program: LocalProgram;
  /** Where its termination message will be. */
  readonly terminationLog: string;
  readonly unknownVariables: readonly string[];
}

/** How a program ended. */
export interface ProgramEnd {
  /** 128 and the signal's number where a signal ended it, as a shell has it. */
  readonly status: number;
  /** Why it could not be started at all. */
  readonly startError?: string;
}

export interface RunningProgram {
  readonly ended: Promise<ProgramEnd>;
  /** Ends it and all that it started: SIGTERM, then SIGKILL for what is left when the grace is over. */
  readonly stop: (graceSeconds: number) => Promise<void>;
}

const STATUS_NOT_STARTED = 127;
const SIGNAL_NUMBERS: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/** For what is killed to be gone. */
const KILL_TRIES = 50;
const KILL_PAUSE_MILLISECONDS = 20;

/**
 * Starts a program in a process group of its own, so that a Ctrl-C in the terminal reaches it only through `stop`.
 *
 * @param onLine called with each line of its standard output and error as it comes
 */
export function startProgram(program: LocalProgram, onLine: (line: string) => void): RunningProgram {
  const mark = { name: 'BUILDLESS_RUN_ID', value: randomUUID() };
  const child = spawn(program.command, program.args, {
    cwd: program.directory,
    env: { ...program.env, [mark.name]: mark.value },
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = [child.stdout, child.stderr].map((stream) => forwardLines(stream, onLine));
  const exited = endOf(child);
  const sweep = async (): Promise<void> => {
    if (child.pid !== undefined) await killAll(child.pid, `${mark.name}=${mark.value}`);
  };
  const ended = exited.then(async (end) => {
    // A container ends with its first process; what that one left behind must not outlive it here either.
    await sweep();
    await Promise.all(lines);
    return end;
  });
  return {
    ended,
    stop: async (graceSeconds) => {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) await askToEnd(child.pid);
      const timer = setTimeout(() => void sweep(), graceSeconds * 1000);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function forwardLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) onLine(line);
}

async function endOf(child: ChildProcess): Promise<ProgramEnd> {
  return await new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve({ status: STATUS_NOT_STARTED, startError: error.code ?? error.message });
    });
    child.on('exit', (code, signal) => {
      resolve({ status: code ?? 128 + (SIGNAL_NUMBERS[signal ?? 'SIGKILL'] ?? 0) });
    });
  });
}

/** Looks again after each round, as a process may have started another between the look and the kill. */
async function killAll(root: number, mark: string): Promise<void> {
  for (let attempt = 0; attempt < KILL_TRIES; attempt += 1) {
    const left = await processesOf(root, mark);
    if (left.length === 0) return;
    for (const pid of left) signalProcess(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, KILL_PAUSE_MILLISECONDS));
  }
}

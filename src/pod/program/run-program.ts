import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Ends the program when this Pod is told to stop. */
  readonly stop: AbortSignal;
  /** Characters of its output; a program that writes more is ended. Absent: as many as it likes. */
  readonly mostOutput?: number;
  /** Called for each line of stderr as it comes. */
  readonly onErrorLine?: (line: string) => void;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was ended for writing more than `mostOutput`. */
  readonly tooMuchOutput: boolean;
  /** Set if it could not be started at all, e.g. `ENOENT`. */
  readonly startError?: string;
}

/** Time between asking a program to end and ending it. */
const GRACE_MILLISECONDS = 2000;

/** Runs a program in a process group of its own, so that what it starts ends with it. Never rejects. */
export async function runProgram(program: Program): Promise<ProgramEnd> {
  return await new Promise((resolve) => {
    const child = spawn(program.command, program.args, {
      cwd: program.directory,
      env: program.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let timedOut = false;
    let room = program.mostOutput ?? Infinity;
    let stdout = '';
    const stderr: string[] = [];
    let killer: NodeJS.Timeout | undefined;

    const signalGroup = (signal: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, signal);
      } catch {
        // The group has ended already.
      }
    };
    const end = (): void => {
      signalGroup('SIGTERM');
      killer ??= setTimeout(signalGroup, GRACE_MILLISECONDS, 'SIGKILL');
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, program.timeoutSeconds * 1000);
    program.stop.addEventListener('abort', end);
    if (program.stop.aborted) end();

    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      room -= chunk.length;
      if (room < 0) end();
      else stdout += chunk;
    });
    // Before the lines are read: a line may have no end.
    child.stderr.on('data', (chunk: Buffer) => {
      room -= chunk.byteLength;
      if (room >= 0) return;
      child.stderr.destroy();
      end();
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      stderr.push(line);
      program.onErrorLine?.(line);
    });
    const finish = (rest: Pick<ProgramEnd, 'code' | 'signal' | 'startError'>): void => {
      clearTimeout(timer);
      clearTimeout(killer);
      program.stop.removeEventListener('abort', end);
      signalGroup('SIGKILL');
      resolve({ ...rest, timedOut, tooMuchOutput: room < 0, stdout, stderr: stderr.join('\n') });
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) finish({ code: null, signal: null, startError: error.code ?? error.message });
    });
    // Not "exit": what the program started may still write. "close" comes when all of it let go of the pipes; on a
    // timeout the whole group is killed, so that it does come.
    child.on('close', (code, signal) => {
      finish({ code, signal });
    });
  });
}

/** The variables of this process that a program is given: those named here, where set. */
export function pickEnvironment(environment: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== '') picked[name] = value;
  }
  return picked;
}

/** How to reach the network: proxies and certificate authorities, as the Pod's environment has them. */
export const NETWORK_VARIABLES: readonly string[] = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

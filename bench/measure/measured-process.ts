import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

export interface ProcessOptions {
  /** Node.js by default. */
  readonly program?: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly stdio?: StdioOptions;
  /** The core to run on, where the machine has several and taskset. */
  readonly core?: number;
}

/** A process whose use of the machine is read from outside, so that reading costs it nothing. */
export interface MeasuredProcess {
  readonly child: ChildProcess;
  /** User and system time of all its threads and of its children so far; NaN if there is no /proc. */
  readonly cpuMicroseconds: () => number;
  /** Resident set now, and what its children have to themselves; NaN if there is no /proc. */
  readonly megabytes: () => number;
  readonly stop: () => Promise<void>;
}

const running = new Set<ChildProcess>();
// Whatever ends this process ends what it started.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const pins = cpus().length > 1 && spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status === 0;

export function startProcess({
  program: interpreter = process.execPath,
  args,
  env,
  cwd,
  stdio = 'inherit',
  core,
}: ProcessOptions): MeasuredProcess {
  const command = core === undefined || !pins ? [] : ['taskset', '-c', String(core)];
  const [program = interpreter, ...rest] = [...command, interpreter, ...args];
  const child = spawn(program, rest, {
    stdio,
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
  });
  running.add(child);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running.delete(child);
      resolve();
    });
  });
  const pid = child.pid ?? 0;
  return {
    child,
    cpuMicroseconds: () => [pid, ...childrenOf(pid)].reduce((sum, each) => sum + cpuOf(each), 0),
    megabytes: () => megabytesOf(pid),
    stop: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

/** proc_pid_stat(5): fields 14 and 15 in ticks, of which Linux has 100 a second for user space. */
function cpuOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the name in parentheses and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function megabytesOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) / 1024 + childrenOf(pid).reduce((sum, child) => sum + privateMegabytesOf(child), 0);
}

/** Processes that it started and that run, such as gunicorn's worker. */
const childrenOf = (pid: number): readonly number[] =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

/** proc_pid_smaps_rollup(5): without the pages that a forked child shares with its parent. */
function privateMegabytesOf(pid: number): number {
  const parts = read(`/proc/${pid}/smaps_rollup`).matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm);
  return [...parts].reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) / 1024;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

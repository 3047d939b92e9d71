import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fetchFastInstallers } from '../../scripts/fast-installers.mjs';
import { BUN_OPTIONS } from '../../src/function/toolkit.ts';
import { pickEnvironment } from '../../src/pod/program/run-program.ts';

const repository = path.resolve(import.meta.dirname, '../..');

/** Where bun and uv are kept between runs of the tests. */
export const KEPT = path.join(repository, 'node_modules/.cache/buildless/bin');

/** What runs `prepare.mjs`: the toolkit's bun, as in a Pod; Node.js where the toolkit cannot run. */
export const PREPARE: { readonly command: string; readonly options: readonly string[] } =
  process.platform === 'linux'
    ? { command: path.join(await fetchFastInstallers(KEPT), 'bun'), options: BUN_OPTIONS }
    : { command: process.execPath, options: [] };

/** As scripts/build.mjs has it. */
const banner =
  "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);";

/** The init programs laid out as in the toolkit image. */
export async function bundlePodPrograms(): Promise<string> {
  const folder = await openTemporaryFolder('programs');
  for (const [entry, output] of [
    ['src/pod/prepare/main.ts', 'prepare.mjs'],
    ['src/pod/nodejs/install/main.ts', 'nodejs/install.mjs'],
  ] as const) {
    await build({
      entryPoints: [path.join(repository, entry)],
      outfile: path.join(folder, output),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      logLevel: 'warning',
      banner: { js: banner },
    });
  }
  await cp(path.join(repository, 'src/pod/python'), path.join(folder, 'python'), {
    recursive: true,
    filter: (source) => !source.includes('__pycache__'),
  });
  return folder;
}

/** A folder that every user may write to, as an emptyDir. */
async function openTemporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `buildless-test-${name}-`));
  await chmod(folder, 0o777);
  return folder;
}

/** Folders to remove after a test file. */
export class Folders {
  readonly #made: string[] = [];

  async open(name: string): Promise<string> {
    const folder = await openTemporaryFolder(name);
    this.#made.push(folder);
    return folder;
  }

  keep(folder: string): string {
    this.#made.push(folder);
    return folder;
  }

  async removeAll(): Promise<void> {
    for (const folder of this.#made) await rm(folder, { recursive: true, force: true });
  }
}

/** Writes files given by their relative paths; every user can read them. */
export async function writeTree(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}

/** Relative paths of all files below a folder, sorted. */
export async function listTree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

export interface Run {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Kills the whole run as the end of a container does, after so many milliseconds. */
  readonly killAfter?: number;
  /** Sends SIGTERM when this text has been printed. */
  readonly stopAt?: string;
  /** Kills what it started when this text has been printed, as the kernel does when memory is short. */
  readonly starveAt?: string;
  /** Instead of a user without a name. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export interface RunEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  /** What the kubelet would show. */
  readonly termination: string;
}

/** Some user that has no name, no home and no group of its own, where this may be chosen. */
const USER = process.getuid?.() === 0 ? { uid: 12345, gid: 12345 } : undefined;

/** What the images' own environment has, and how this machine reaches its registries. */
const PASSED_ON = [
  'PATH',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'PIP_CERT',
  'PIP_INDEX_URL',
  'npm_config_registry',
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
];

/** Runs an init program as a container would: an arbitrary user, no home, nothing of this process' environment. */
export async function runInPod(run: Run): Promise<RunEnd> {
  const scratch = await openTemporaryFolder('container');
  const log = path.join(scratch, 'termination-log');
  await writeFile(log, '');
  await chmod(log, 0o666);
  try {
    const end = await new Promise<Omit<RunEnd, 'termination'>>((resolve, reject) => {
      const child = spawn(run.command, run.args, {
        ...(USER === undefined ? {} : (run.user ?? USER)),
        cwd: '/',
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...pickEnvironment(process.env, PASSED_ON),
          TMPDIR: scratch,
          BUILDLESS_TERMINATION_LOG: log,
          ...run.env,
        },
      });
      let output = '';
      let stopped = false;
      const collect = (chunk: Buffer): void => {
        output += chunk.toString('utf8');
        if (run.stopAt !== undefined && !stopped && output.includes(run.stopAt)) {
          stopped = true;
          child.kill('SIGTERM');
        }
        if (run.starveAt !== undefined && !stopped && output.includes(run.starveAt)) {
          stopped = true;
          void killChildren(child.pid);
        }
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      const timer =
        run.killAfter === undefined
          ? undefined
          : setTimeout(() => {
              void killContainer(child.pid);
            }, run.killAfter);
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, output });
      });
    });
    return { ...end, termination: await readFile(log, 'utf8') };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Ends a process and all that it started, at once: what happens to a container, whose processes share a namespace. */
async function killContainer(pid: number | undefined): Promise<void> {
  const frozen: number[] = [];
  // Frozen from the top down, so that none starts another while the rest is looked for.
  const freeze = async (parent: number): Promise<void> => {
    if (!signal(parent, 'SIGSTOP')) return;
    frozen.push(parent);
    for (const child of await childrenOf(parent)) await freeze(child);
  };
  if (pid !== undefined) await freeze(pid);
  for (const each of frozen) signal(each, 'SIGKILL');
}

/** Waits for a first child and kills it. */
async function killChildren(pid: number | undefined): Promise<void> {
  let children: number[] = [];
  while (children.length === 0 && pid !== undefined && existsSync(`/proc/${pid}`)) children = await childrenOf(pid);
  for (const child of children) signal(child, 'SIGKILL');
}

/** @returns false where the process has ended by itself */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // proc_pid_stat(5): PID (COMMAND) STATE PARENT ...; the command may hold spaces and parentheses.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) found.push(Number(pid));
  }
  return found;
}

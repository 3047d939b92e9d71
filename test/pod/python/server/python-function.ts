import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vendorPython } from '../../../../scripts/vendor-python.mjs';

const source = path.resolve(import.meta.dirname, '../../../../src/pod/python');
const compiler = path.resolve(import.meta.dirname, '../../../../scripts/compile-python.py');

/** BUILDLESS_TEST_PYTHON is another interpreter to test with. */
const chosen = process.env.BUILDLESS_TEST_PYTHON;
/** Where it can be, the server runs as in a Pod: as a user that no file knows and that may write nowhere. */
const stranger =
  process.getuid?.() === 0 && !chosen && existsSync('/usr/bin/python3') ? { uid: 54321, gid: 54321 } : {};
const python = chosen ?? ('uid' in stranger ? '/usr/bin/python3' : 'python3');

/** A Function that runs, or ran. */
export interface PythonFunction {
  /** Throws where the process ended before it listened. */
  readonly port: number;
  readonly folder: string;
  readonly process: ChildProcess;
  /** Exit status, once the process has ended. */
  readonly exited: Promise<number | null>;
  /** What it wrote to stdout and stderr up to now. */
  log(): string;
  /** Resolves when a text is in the log, as often as said. */
  logged(part: string, times?: number): Promise<void>;
  call(body?: unknown, init?: RequestInit & { path?: string }): Promise<Response>;
}

/** The folder that a Pod has at /buildless/runtime, for one test file; `close` ends all that was started and removes it. */
export class PythonRuntime {
  readonly #started: PythonFunction[] = [];
  private constructor(private readonly root: string) {}

  /** As the toolkit's image has it, where `compiled` is not false. */
  static async assemble({ compiled = true } = {}): Promise<PythonRuntime> {
    const root = await mkdtemp(path.join(tmpdir(), 'buildless-python-'));
    await chmod(root, 0o755);
    const runtime = path.join(root, 'runtime');
    await cp(source, runtime, { recursive: true, filter: (file) => !file.includes('__pycache__') });
    await vendorPython(path.join(source, 'requirements.txt'), path.join(runtime, 'vendor'));
    await vendorPython(path.join(source, 'requirements-http.txt'), path.join(runtime, 'vendor-http'));
    if (compiled) execFileSync(python, [compiler, runtime], { stdio: 'pipe' });
    await readableByAll(runtime);
    return new PythonRuntime(root);
  }

  get folder(): string {
    return path.join(this.root, 'runtime');
  }

  /** A folder with the Function's files. */
  async functionFolder(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(path.join(this.root, 'function-'));
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await readableByAll(folder);
    return folder;
  }

  /** Starts a Function and waits until it listens or has ended. */
  async start(...of: Parameters<PythonRuntime['launch']>): Promise<PythonFunction> {
    const started = await this.launch(...of);
    await Promise.race([started.logged('listens on port'), started.exited]);
    return started;
  }

  /** Starts a Function and does not wait for it. */
  async launch(
    files: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = {},
    prepare?: (folder: string) => Promise<void>,
  ): Promise<PythonFunction> {
    const folder = await this.functionFolder(files);
    if (prepare) {
      await prepare(folder);
      await readableByAll(folder);
    }
    const child = spawn(python, [path.join(this.folder, 'server.py')], {
      ...stranger,
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        PYTHONUNBUFFERED: '1',
        PYTHONPATH: `${folder}:${path.join(folder, '.python-packages')}`,
        HANDLER_PATH: folder,
        FUNCTION_PATH: folder,
        FUNC_PORT: '0',
        BUILDLESS_TERMINATION_LOG: '/dev/null',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    const waiting = new Set<() => void>();
    const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        text += data.toString();
        for (const look of waiting) look();
      });
    }
    const base = () => {
      const found = /listens on port (\d+)/.exec(text);
      if (!found) throw new Error(`the Function does not listen; its log:\n${text}`);
      return Number(found[1]);
    };
    const started: PythonFunction = {
      get port() {
        return base();
      },
      folder,
      process: child,
      exited,
      log: () => text,
      logged: (part, times = 1) =>
        new Promise((resolve) => {
          const look = () => {
            if (text.split(part).length <= times) return;
            waiting.delete(look);
            resolve();
          };
          waiting.add(look);
          look();
        }),
      call: (body, { path: at = '/', ...init } = {}) =>
        fetch(`http://127.0.0.1:${base()}${at}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...init,
        }),
    };
    this.#started.push(started);
    return started;
  }

  async close(): Promise<void> {
    for (const { process: child } of this.#started) if (child.exitCode === null) child.kill('SIGKILL');
    await Promise.all(this.#started.map(({ exited }) => exited));
    await rm(this.root, { recursive: true, force: true });
  }
}

async function readableByAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}

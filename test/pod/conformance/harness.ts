/** Starts a Function's server as a Pod does: a real process, a read-only folder, an arbitrary user; and calls it over HTTP. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request as send, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ShippedLanguage } from '../../../src/function/languages.ts';
import type { Request } from './case.ts';

/** A user that no file knows, where this process may choose one. */
const STRANGER = process.getuid?.() === 0 ? { uid: 54321, gid: 54321 } : {};
const SYSTEM_PYTHON = '/usr/bin/python3';

interface ServerProgram {
  /** A runtime image's interpreter. */
  readonly interpreter: string;
  /** Path of the server below the folder of the built programs (`dist/pod`). */
  readonly program: string;
  readonly file: string;
  readonly env: (folder: string) => Readonly<Record<string, string>>;
}

const SERVERS: Readonly<Record<ShippedLanguage, ServerProgram>> = {
  nodejs: {
    interpreter: process.env.BUILDLESS_TEST_NODE ?? process.execPath,
    program: 'nodejs/server.mjs',
    file: 'handler.js',
    env: () => ({ NODE_ENV: 'production' }),
  },
  python: {
    interpreter: process.env.BUILDLESS_TEST_PYTHON ?? (existsSync(SYSTEM_PYTHON) ? SYSTEM_PYTHON : 'python3'),
    program: 'python/server.py',
    file: 'handler.py',
    env: (folder) => ({ PYTHONUNBUFFERED: '1', FUNCTION_PATH: folder }),
  },
};

export interface Start {
  readonly language: ShippedLanguage;
  /** The built programs, laid out as `dist/pod`. */
  readonly programs: string;
  /** The handler's source text, or all files of the Function by their paths. */
  readonly files: string | Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Another interpreter than the one that runs the tests. */
  readonly interpreter?: string;
  readonly args?: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** Whether the connection was cut before the end of the answer. */
  readonly cut: boolean;
}

/** The file name that a handler's source text gets. */
export const handlerFile = (language: ShippedLanguage): string => SERVERS[language].file;

/** A Function's process; whoever starts one stops it. */
export class FunctionProcess {
  readonly folder: string;
  readonly process: ChildProcess;
  /** Exit status, once it has ended. */
  readonly exited: Promise<number | null>;
  readonly #root: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #waiting = new Set<() => void>();
  #log = '';

  private constructor(root: string, folder: string, child: ChildProcess) {
    this.#root = root;
    this.folder = folder;
    this.process = child;
    this.exited = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const collect = (chunk: Buffer): void => {
      this.#log += chunk.toString('utf8');
      for (const look of this.#waiting) look();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
  }

  /** Starts a process without waiting for it. */
  static async launch({
    language,
    programs,
    files,
    env = {},
    interpreter,
    args = [],
  }: Start): Promise<FunctionProcess> {
    const server = SERVERS[language];
    const root = await mkdtemp(path.join(tmpdir(), 'buildless-function-'));
    const folder = path.join(root, 'function');
    await mkdir(folder);
    for (const [name, text] of Object.entries(typeof files === 'string' ? { [server.file]: files } : files)) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await writeFile(path.join(root, 'termination-log'), '');
    await chmod(path.join(root, 'termination-log'), 0o666);
    await chmod(root, 0o755);
    await makeReadOnly(folder);
    const child = spawn(interpreter ?? server.interpreter, [...args, path.join(programs, server.program)], {
      ...STRANGER,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HANDLER_PATH: folder,
        MOD_NAME: 'handler',
        FUNC_HANDLER: 'main',
        FUNC_NAME: 'orders',
        FUNC_RUNTIME: `${language}-test`,
        SERVICE_NAMESPACE: 'shop',
        FUNC_PORT: '0',
        BUILDLESS_TERMINATION_LOG: path.join(root, 'termination-log'),
        ...server.env(folder),
        ...env,
      },
    });
    return new FunctionProcess(root, folder, child);
  }

  /** Starts a process and waits until `/healthz` answers 200; throws, with the log, where it ends before. */
  static async start(start: Start): Promise<FunctionProcess> {
    const started = await FunctionProcess.launch(start);
    const ended = await Promise.race([
      started.logged('listens on port').then(() => false),
      started.exited.then(() => true),
    ]);
    if (!ended && (await started.call({ path: '/healthz' })).status === 200) return started;
    await started.stop();
    throw new Error(`the Function did not become ready; its log:\n${started.log}`);
  }

  /** What it wrote to stdout and stderr up to now. */
  get log(): string {
    return this.#log;
  }

  get port(): number {
    const found = /listens on port (\d+)/.exec(this.#log);
    if (found === null) throw new Error(`the Function does not listen; its log:\n${this.#log}`);
    return Number(found[1]);
  }

  /** Resolves when a text is in the log. */
  logged(part: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.#log.includes(part)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** What the kubelet would show. */
  terminationMessage(): Promise<string> {
    return readFile(path.join(this.#root, 'termination-log'), 'utf8');
  }

  /** Sends a request on the one connection that all calls share, or on one of its own. */
  call(
    { body, method = body === undefined ? 'GET' : 'POST', path: at = '/', headers = {} }: Request,
    alone = false,
  ): Promise<Answer> {
    const { promise, resolve, reject } = withResolvers<Answer>();
    const agent = alone ? new Agent() : this.#agent;
    const outgoing = send(
      { host: '127.0.0.1', port: this.port, agent, method, path: at, headers: { ...headers } },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        // After an `error` too.
        incoming.on('close', () => {
          const whole = Buffer.concat(pieces);
          const { statusCode = 0, headers: received, complete } = incoming;
          resolve({ status: statusCode, headers: received, body: whole, text: whole.toString('utf8'), cut: !complete });
        });
        incoming.on('error', () => undefined);
      },
    );
    outgoing.on('error', reject);
    if (body === undefined) outgoing.end();
    else outgoing.end(body);
    return promise;
  }

  /** Kills the process, however it is, and removes its folder. */
  async stop(): Promise<void> {
    this.#agent.destroy();
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL');
    await this.exited;
    await makeWritable(this.#root);
    await rm(this.#root, { recursive: true, force: true });
  }
}

/** Runs `body` with a ready Function, and ends it whatever happens. */
export async function withFunction<T>(start: Start, body: (started: FunctionProcess) => Promise<T>): Promise<T> {
  const started = await FunctionProcess.start(start);
  try {
    return await body(started);
  } finally {
    await started.stop();
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: Error) => void } {
  let settle: { resolve: (value: T) => void; reject: (reason: Error) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error('a promise runs its executor at once');
  return { promise, ...settle };
}

async function makeReadOnly(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink())
      await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
  }
  await chmod(folder, 0o555);
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(path.join(folder, entry.name));
  }
}

import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import { COMMAND, ROOT } from '../cli/command.ts';

/** `buildless run` as a process, with a temporary folder of its own, so that nothing it leaves there goes unseen. */
export class RunningCommand {
  readonly child: ChildProcess;
  readonly temporary: string;
  output = '';
  readonly #closed: Promise<unknown>;

  private constructor(child: ChildProcess, temporary: string) {
    this.child = child;
    this.temporary = temporary;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.output += chunk;
      });
    }
    this.#closed = once(child, 'close');
  }

  static async start(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    program: string = COMMAND,
  ): Promise<RunningCommand> {
    const temporary = await mkdtemp(path.join(tmpdir(), 'buildless-run-test-'));
    const child = spawn(process.execPath, [program, 'run', ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, TMPDIR: temporary, XDG_STATE_HOME: temporary },
    });
    return new RunningCommand(child, temporary);
  }

  /** Waits until the output has the text; @returns what came before it, and with it, since `from`. */
  async until(text: string | RegExp, from = 0): Promise<RegExpExecArray> {
    const pattern = typeof text === 'string' ? new RegExp(escaped(text)) : text;
    for (;;) {
      const found = pattern.exec(this.output.slice(from));
      if (found !== null) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        await this.#closed;
        const last = pattern.exec(this.output.slice(from));
        if (last !== null) return last;
        throw new Error(`it ended without ${String(pattern)}:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits until the Function answers; @returns its address. */
  async url(): Promise<string> {
    const [, url = ''] = await this.until(/answers at (http:\S+)/);
    return url;
  }

  async ended(): Promise<number | null> {
    await this.#closed;
    return this.child.exitCode;
  }

  /** Ends it as Ctrl-C does; @returns its exit status. */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.child.kill(signal);
    return this.ended();
  }

  /** What it left in its temporary folder. */
  async leftovers(): Promise<string[]> {
    return (await readdir(this.temporary)).filter((name) => name.startsWith('buildless-run-'));
  }

  /** Command lines of all processes that it started. */
  async processes(): Promise<string[]> {
    return (await this.#started()).map(({ commandLine }) => commandLine);
  }

  /** All processes that know its temporary folder, as each that it started does. */
  async #started(): Promise<{ readonly pid: number; readonly commandLine: string }[]> {
    const found: { readonly pid: number; readonly commandLine: string }[] = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      if (Number(pid) === this.child.pid) continue;
      const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const [environ, cmdline] = await Promise.all([read('environ'), read('cmdline')]);
      if (`${environ}${cmdline}`.includes(this.temporary))
        found.push({ pid: Number(pid), commandLine: cmdline.replaceAll('\0', ' ') });
    }
    return found;
  }

  async dispose(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await this.#closed;
    }
    // One that a test has killed cannot end what it started.
    if (this.child.signalCode === 'SIGKILL') for (const { pid } of await this.#started()) process.kill(pid, 'SIGKILL');
    await rm(this.temporary, { recursive: true, force: true });
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

export interface FunctionFiles {
  readonly runtime?: string;
  /** Files of the ConfigMap. */
  readonly files: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of the container, beside name and image. */
  readonly container?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly more?: readonly object[];
}

/** Writes a manifest (JSON is YAML) with a Function called `hello`. */
export async function writeFunction(
  file: string,
  { runtime = 'nodejs20', files, annotations = {}, container = {}, spec = {}, more = [] }: FunctionFiles,
): Promise<void> {
  const labels = { 'buildless.dev/function': 'hello' };
  const objects = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hello', labels }, data: files },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'hello', labels, annotations: { 'buildless.dev/runtime': runtime, ...annotations } },
      spec: { containers: [{ name: 'function', image: 'auto', ...container }], ...spec },
    },
    ...more,
  ];
  await writeFile(file, objects.map((object) => JSON.stringify(object, null, 2)).join('\n---\n'));
}

/** The commands of a test file and the folder of their manifests. */
export class Runs {
  readonly #running: RunningCommand[] = [];
  #folder = '';

  /** Manifest of the Function `hello`. */
  get file(): string {
    return path.join(this.#folder, 'function.yaml');
  }

  async open(): Promise<void> {
    this.#folder = await mkdtemp(path.join(tmpdir(), 'buildless-run-files-'));
  }

  async endAll(): Promise<void> {
    for (const command of this.#running.splice(0)) await command.dispose();
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<RunningCommand> {
    const command = await RunningCommand.start(args, env);
    this.#running.push(command);
    return command;
  }

  async runFunction(
    files: FunctionFiles,
    args: readonly string[] = ['--port', '0'],
    env?: NodeJS.ProcessEnv,
  ): Promise<RunningCommand> {
    await writeFunction(this.file, files);
    return this.run(['-f', this.file, ...args], env);
  }
}

export const get = async (url: string): Promise<string> => (await fetch(url)).text();

/** A source whose handler answers with a text. */
export const answering = (text: string): Record<string, string> => ({
  'handler.js': `module.exports = { main: () => ${JSON.stringify(text)} };`,
});

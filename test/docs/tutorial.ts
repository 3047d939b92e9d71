/** docs/tutorial.md, as a reader follows it: what the page has is typed, edited and compared, in its order. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMMAND } from '../cli/command.ts';
import { blocksOf, type Block } from './page.ts';

const BLOCKS = blocksOf('docs/tutorial.md');
const DEADLINE = 180_000;
/** A reader who has two terminals runs this in the first one. */
const FIRST_TERMINAL = 'buildless run ';
const REFUSED = /^(.*) # is refused$/;

/** Code blocks below a heading that begins so. @throws if there is none, as the page was edited then */
export function blocksBelow(heading: string): readonly Block[] {
  const found = BLOCKS.filter((each) => each.heading.startsWith(heading));
  if (found.length === 0) throw new Error(`docs/tutorial.md has nothing below "${heading}"`);
  return found;
}

export function blockOf(heading: string, language: string, beginning = ''): Block {
  const found = blocksBelow(heading).find((each) => each.language === language && each.code.startsWith(beginning));
  if (found === undefined) throw new Error(`docs/tutorial.md has no block of ${language} below "${heading}"`);
  return found;
}

/** Without what differs from run to run: names of revisions and Pods, ages, times, and the widths of columns. */
const general = (printed: string): string =>
  printed
    .replaceAll(/\b[0-9a-f]{8,10}\b(?:-[a-z0-9]{5}\b)?/g, 'HASH')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\b\d+[smh]\b/g, 'AGE')
    .replaceAll(/ +/g, ' ')
    .trim();

/** Sees what a reader sees. */
export interface Onlooker {
  readonly onCommand?: (command: string, terminal: 1 | 2) => void;
  readonly onEdit?: (file: string, removed: readonly string[], added: readonly string[]) => void;
  readonly onOutput?: (chunk: string) => void;
  /** Gives the command of the first terminal a terminal. */
  readonly asTerminal?: (command: string) => string;
}

export class Reader {
  /** Output of the first terminal. */
  running = '';
  #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #onlooker: Onlooker;
  #run: ChildProcess | undefined;

  /**
   * @param folder an empty one
   * @param env with what else the commands need, such as KUBECONFIG
   */
  constructor(folder: string, env: NodeJS.ProcessEnv = {}, onlooker: Onlooker = {}) {
    this.#folder = folder;
    this.#onlooker = onlooker;
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    for (const name of ['buildless', 'kubectl-buildless']) symlinkSync(COMMAND, path.join(bin, name));
    const PATH = [bin, path.dirname(process.execPath), env.PATH ?? process.env.PATH].join(path.delimiter);
    this.#env = {
      ...process.env,
      NO_COLOR: '1',
      npm_config_update_notifier: 'false',
      ...env,
      PATH,
      XDG_STATE_HOME: path.join(folder, 'state'),
    };
  }

  get folder(): string {
    return this.#folder;
  }

  /** Follows the page below a heading. @throws with the difference if it shows something else */
  async follow(heading: string): Promise<void> {
    for (const block of blocksBelow(heading)) await this.#follow(block);
  }

  /** Runs commands as a shell that stops at the first failure. */
  async type(commands: string): Promise<{ readonly status: number | null; readonly printed: string }> {
    const child = this.#start(commands);
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        printed += chunk;
      });
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, printed };
  }

  /** Ends `buildless run` as Ctrl-C does. */
  async endRun(): Promise<void> {
    const child = this.#run;
    this.#run = undefined;
    if (child?.exitCode !== null) return;
    // `script` passes only this one on.
    child.kill(this.#onlooker.asTerminal === undefined ? 'SIGINT' : 'SIGTERM');
    await once(child, 'close');
  }

  async #follow({ language, code }: Block): Promise<void> {
    if (language === 'sh') for (const command of code.trimEnd().split('\n')) await this.#command(command);
    else if (language === 'console') await this.#compare(code);
    else if (language === 'diff') this.#edit(code);
    else if (language === 'text') await this.#sees(code);
    else throw new Error(`nobody can follow a block of ${language}`);
  }

  async #command(command: string): Promise<void> {
    const expected = REFUSED.exec(command)?.[1];
    if (command.startsWith(FIRST_TERMINAL)) {
      await this.#startRun(command);
      return;
    }
    this.#onlooker.onCommand?.(expected ?? command, 2);
    const { status, printed } = await this.type(expected ?? command);
    this.#onlooker.onOutput?.(printed);
    if ((status === 0) === (expected !== undefined))
      throw new Error(`"${command}" ended with status ${String(status)}:\n${printed}`);
    const folder = /^cd (\S+)$/.exec(command)?.[1];
    if (folder !== undefined) this.#folder = path.join(this.#folder, folder);
  }

  async #startRun(command: string): Promise<void> {
    this.#onlooker.onCommand?.(command, 1);
    const { asTerminal = (each: string): string => each } = this.#onlooker;
    const child = this.#start(`exec ${asTerminal(`${command} --port 0`)}`);
    this.#run = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.running += chunk;
        this.#onlooker.onOutput?.(chunk);
      });
    await this.#sees('answers at http');
  }

  /** A command of the page prints what the page shows, as soon as an edit or a rollout is done. */
  async #compare(code: string): Promise<void> {
    const [first = '', ...lines] = code.split('\n');
    const command = first.replace(/^\$ /, '');
    const wanted = general(lines.join('\n'));
    const latest = performance.now() + DEADLINE;
    for (;;) {
      const { status, printed } = await this.type(command);
      if (status === 0 && general(printed) === wanted) {
        this.#onlooker.onCommand?.(command, 2);
        this.#onlooker.onOutput?.(`${printed.trimEnd()}\n`);
        return;
      }
      if (performance.now() > latest)
        throw new Error(
          `"${command}" ended with status ${String(status)} and shows\n${printed}\ninstead of\n${lines.join('\n')}`,
        );
      await sleep(100);
    }
  }

  /** Lines with `-` become those with `+` after them, in the file that `---` names. */
  #edit(diff: string): void {
    for (const part of diff.split(/^--- /m).slice(1)) {
      const [file = '', ...lines] = part.split('\n');
      const side = (sign: string): readonly string[] =>
        lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
      const [removed, added] = [side('-'), side('+')];
      const before = readFileSync(path.join(this.#folder, file), 'utf8');
      if (before.split(removed.join('\n')).length !== 2)
        throw new Error(
          `${file} does not have once what docs/tutorial.md edits:\n${removed.join('\n')}\nbut\n${before}`,
        );
      this.#onlooker.onEdit?.(file, removed, added);
      writeFileSync(
        path.join(this.#folder, file),
        before.replace(removed.join('\n'), () => added.join('\n')),
      );
    }
  }

  /** The first terminal shows these lines. */
  async #sees(text: string): Promise<void> {
    const latest = performance.now() + DEADLINE;
    const lines = text.trimEnd().split('\n');
    while (!lines.every((line) => this.running.includes(line))) {
      if (performance.now() > latest || this.#run?.exitCode !== null)
        throw new Error(`the first terminal does not show\n${text}\nbut\n${this.running}`);
      await sleep(50);
    }
  }

  #start(commands: string): ChildProcess {
    return spawn('bash', ['-eo', 'pipefail', '-c', commands], {
      cwd: this.#folder,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

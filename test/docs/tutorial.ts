import { symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { COMMAND } from '../cli/command.ts';
import { blocksOf, shownIn } from './page.ts';

const BLOCKS = blocksOf('docs/tutorial.md');
export const SHOWN = shownIn(BLOCKS);

/** `hello.yaml`, as the reader saves it. */
export const MANIFEST = BLOCKS.find(({ language }) => language === 'yaml')?.code ?? '';

/** Some code block below a heading that begins so. @throws if there is none, as the page was edited then */
export function blockOf(heading: string, language: string, beginning = ''): string {
  const found = BLOCKS.find(
    (each) => each.heading.startsWith(heading) && each.language === language && each.code.startsWith(beginning),
  );
  if (found === undefined) throw new Error(`docs/tutorial.md has no block of ${language} below "${heading}"`);
  return found.code;
}

/** What the page shows for a command below a heading that begins so. */
export function answerTo(heading: string, command: string): string {
  const found = SHOWN.find((each) => each.heading.startsWith(heading) && each.command.startsWith(command));
  if (found === undefined) throw new Error(`docs/tutorial.md does not show "${command}" below "${heading}"`);
  return found.printed;
}

/** A manifest after the edit that the page describes as a diff. */
export function edited(manifest: string): string {
  const lines = blockOf('5. ', 'diff').split('\n');
  const side = (sign: string): string =>
    lines
      .filter((line) => line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n');
  if (!manifest.includes(side('-'))) throw new Error('the edit of docs/tutorial.md does not fit its hello.yaml');
  return manifest.replace(side('-'), side('+'));
}

/** A folder with hello.yaml, in which `buildless` and `kubectl buildless` are on the PATH. */
export class Workplace {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;

  /** @param env with what else the commands need, such as KUBECONFIG */
  constructor(folder: string, env: NodeJS.ProcessEnv = {}) {
    this.folder = folder;
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    for (const name of ['buildless', 'kubectl-buildless']) symlinkSync(COMMAND, path.join(bin, name));
    const PATH = [bin, path.dirname(process.execPath), env.PATH ?? process.env.PATH].join(path.delimiter);
    this.#env = { ...process.env, ...env, PATH, NO_COLOR: '1' };
    this.write(MANIFEST);
  }

  write(manifest: string): void {
    writeFileSync(path.join(this.folder, 'hello.yaml'), manifest);
  }

  /** Runs commands as a shell that stops at the first failure. @returns both outputs, one after the other */
  async run(commands: string): Promise<{ readonly status: number | null; readonly printed: string }> {
    const child = spawn('bash', ['-eo', 'pipefail', '-c', commands], {
      cwd: this.folder,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    return { status, printed: stdout + stderr };
  }
}

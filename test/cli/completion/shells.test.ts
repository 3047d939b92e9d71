import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildless, COMMAND } from '../command.ts';

const run = promisify(execFile);

let folder = '';
let environment: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-completion-'));
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  for (const name of ['buildless', 'kubectl-buildless', 'kubectl_complete-buildless']) {
    await symlink(COMMAND, path.join(bin, name));
  }
  await chmod(COMMAND, 0o755);
  await mkdir(path.join(folder, 'work'));
  await writeFile(path.join(folder, 'work/function.yaml'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    await writeFile(path.join(folder, shell), (await buildless(['completion', shell])).stdout);
  }
  environment = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}`, HOME: folder, TERM: 'dumb' };
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const missing = (shell: string): boolean => spawnSync(shell, ['--version']).error !== undefined;

const inWork = (): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } => ({
  cwd: path.join(folder, 'work'),
  env: environment,
});

/** Completes a line in a shell, until `expected` is shown or some seconds have passed; returns what the shell shows. */
const SHELLS: Readonly<Record<string, (line: string, expected: string) => Promise<string>>> = {
  bash: (line, expected) => typed(['bash', '--norc', '--noprofile', '-i'], `. ${folder}/bash`, line, expected),
  zsh: (line, expected) =>
    typed(['zsh', '-f', '-i'], `autoload -U compinit; compinit -u -D; . ${folder}/zsh`, line, expected),
  // The only one of the three that completes without a terminal.
  fish: async (line) => {
    const { stdout } = await run('fish', ['--no-config', '-c', `source ${folder}/fish; complete "-C$LINE"`], {
      ...inWork(),
      env: { ...environment, LINE: line },
    });
    return stdout;
  },
};

/** Types a line and a tab into an interactive shell on a pseudo terminal. */
const TYPIST = `
import os, pty, select, sys, time
setup, line, expected, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
def read_until(text, seconds):
    seen = b""
    end = time.monotonic() + seconds
    while time.monotonic() < end and text.encode() not in seen:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
    return seen
os.write(terminal, (setup + "; echo set''up\\n").encode())
read_until("setup", 30)
os.write(terminal, line.encode() + b"\\t")
print(read_until(expected, 20).decode(errors="replace"))
os.kill(child, 9)
`;

async function typed(shell: readonly string[], setup: string, line: string, expected: string): Promise<string> {
  const { stdout } = await run('python3', ['-I', '-c', TYPIST, setup, line, expected, ...shell], inWork());
  return stdout;
}

describe.each(Object.keys(SHELLS))('%s', (shell) => {
  const completed = async (line: string, expected: string): Promise<string> =>
    (await SHELLS[shell]?.(line, expected)) ?? '';

  it.for([
    ['buildless val', 'validate'],
    ['buildless explain dependencies-fl', 'dependencies-float'],
    ['buildless validate -f func', 'function.yaml'],
  ] as const)('completes %s', async ([line, expected], { skip }) => {
    skip(missing(shell), `${shell} is not on this machine (.ci/packages installs it)`);
    expect(await completed(line, expected)).toContain(expected);
  });

  it('does not run what is on the line', async ({ skip }) => {
    skip(missing(shell), `${shell} is not on this machine (.ci/packages installs it)`);
    const ran = path.join(folder, `ran-by-${shell}`);
    const shown = await completed(`buildless validate --config "$(touch ${ran})" --output sa`, 'sarif');
    expect(shown).toContain('sarif');
    expect(existsSync(ran)).toBe(false);
  });
});

describe('kubectl buildless', () => {
  it('is completed by kubectl itself, which asks kubectl_complete-buildless', async ({ skip }) => {
    skip(missing('kubectl'), 'kubectl is not on this machine');
    const { stdout } = await run('kubectl', ['__complete', 'buildless', 'val'], inWork());
    expect(stdout).toContain('validate');
  });
});

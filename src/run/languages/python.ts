import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LanguageRuntime } from '../../function/languages/traits.ts';
import type { ContainerProgram } from '../container-process.ts';
import type { RunFailure } from '../failure.ts';
import { type Interpreter, isVersion, type RunRow } from './row.ts';

/** What the Python programs are written for (README.md). */
const OLDEST_PYTHON = [3, 11] as const;
const LOOK_TIMEOUT = 10_000;
/** Where editors look for debugpy when they are not told (github.com/microsoft/debugpy, "Command line"). */
const DEBUGPY_PORT = 5678;

export const PYTHON: RunRow = {
  findInterpreter: findPython,
  needs: 'Python 3.11 or newer with pip',
  interpreterNames: (version) => ['python', 'python3', `python${version}`],
  installs: (file, text) => (file === 'requirements.txt' ? withoutComments(text) : text),
  debugPort: DEBUGPY_PORT,
  openDebugRelay: async (port) => (await import('../debug/adapter-relay.ts')).AdapterRelay.open(port),
  openToDebugger: withDebugpy,
};

/** The runtime's version if this machine has it, else the first that is new enough and has pip. */
async function findPython(runtime: LanguageRuntime, searchPath: string): Promise<Interpreter | undefined> {
  let other: Interpreter | undefined;
  for (const name of [`python${runtime.version}`, 'python3', 'python', ...MORE_PYTHONS]) {
    // Each question starts a Python: what is there by its common name is enough.
    if (other !== undefined && MORE_PYTHONS.includes(name)) return other;
    const python = await askPython(name, searchPath);
    if (python === undefined) continue;
    const interpreter = { ...python, same: isVersion(python.version, runtime.version) };
    if (interpreter.same) return interpreter;
    other ??= interpreter;
  }
  return other;
}

const MORE_PYTHONS = ['python3.14', 'python3.13', 'python3.12', 'python3.11'];

/** Its own path, as what is on the PATH may be a script that chooses another by the folder it is called in (pyenv). */
const QUESTION = 'import pip, platform, sys; print(sys.executable); print(platform.python_version())';

async function askPython(
  name: string,
  searchPath: string,
): Promise<{ readonly command: string; readonly version: string } | undefined> {
  try {
    const env = { ...process.env, PATH: searchPath };
    const { stdout } = await promisify(execFile)(name, ['-c', QUESTION], { timeout: LOOK_TIMEOUT, env });
    const [command = '', version = ''] = stdout.trim().split(/\r?\n/);
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const isNewEnough = major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1];
    return command !== '' && isNewEnough ? { command, version } : undefined;
  } catch {
    return undefined;
  }
}

async function withDebugpy(
  own: ContainerProgram,
  command: string,
  port: number,
): Promise<ContainerProgram | RunFailure> {
  const { program } = own;
  if (program.command !== command) {
    return {
      kind: 'wrong-input',
      problem: `--inspect starts Python with debugpy, and the container ${own.name} runs ${program.command}`,
      fix: 'call debugpy in the code: import debugpy; debugpy.listen(5678)',
    };
  }
  if (!(await hasDebugpy(command))) {
    return {
      kind: 'wrong-input',
      problem: `--inspect needs debugpy, which ${command} does not have`,
      fix: `install it: ${command} -m pip install debugpy`,
    };
  }
  // The process that answers the probes is none to debug.
  const options = ['--listen', `127.0.0.1:${port}`, '--configure-subProcess', 'False'];
  // What debugpy advises: breakpoints are missed in modules that come with the interpreter's own code.
  return {
    ...own,
    program: { ...program, args: ['-Xfrozen_modules=off', '-m', 'debugpy', ...options, ...program.args] },
  };
}

async function hasDebugpy(python: string): Promise<boolean> {
  try {
    await promisify(execFile)(python, ['-c', 'import debugpy']);
    return true;
  } catch {
    return false;
  }
}

/** Requirements without lines that pip skips; as they are if one is continued, as a comment may end it. */
function withoutComments(text: string): string {
  const lines = text.split(/\r?\n/);
  if (lines.some((line) => line.endsWith('\\'))) return text;
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n');
}

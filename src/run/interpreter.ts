import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Language } from '../function/languages.ts';
import type { Runtime } from '../function/runtimes.ts';
import { findNode } from '../standalone/node-program.ts';

/** The program of this machine that stands in for a runtime's image. */
export interface Interpreter {
  readonly language: Language;
  /** Absolute path. */
  readonly command: string;
  /** Full version, e.g. `3.12.1`. */
  readonly version: string;
  /** Whether it is the version that the Pod would have. */
  readonly same: boolean;
}

/** What the Python programs are written for (README.md). */
const OLDEST_PYTHON = [3, 11] as const;
const LOOK_TIMEOUT = 10_000;

/**
 * Finds the interpreter for a runtime: for Node.js the one that runs this (or is on the PATH, if
 * this is the file without Node.js), for Python the runtime's version where this
 * machine has it, else the first that is new enough and has pip.
 *
 * @param searchPath of the environment
 * @returns undefined where there is none
 */
export async function findInterpreter(runtime: Runtime, searchPath: string): Promise<Interpreter | undefined> {
  if (runtime.language === 'nodejs') {
    const node = await findNode(searchPath);
    return node && { language: 'nodejs', ...node, same: isVersion(node.version, runtime.version) };
  }
  let other: Interpreter | undefined;
  for (const name of [`python${runtime.version}`, 'python3', 'python', ...MORE_PYTHONS]) {
    // Each question starts a Python: what is there by its common name is enough.
    if (other !== undefined && MORE_PYTHONS.includes(name)) return other;
    const python = await askPython(name, searchPath);
    if (python === undefined) continue;
    const interpreter = { language: runtime.language, ...python, same: isVersion(python.version, runtime.version) };
    if (interpreter.same) return interpreter;
    other ??= interpreter;
  }
  return other;
}

const MORE_PYTHONS = ['python3.14', 'python3.13', 'python3.12', 'python3.11'];

const isVersion = (full: string, wanted: string): boolean => full === wanted || full.startsWith(`${wanted}.`);

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

/** The names by which a runtime's image calls its interpreter. */
export function interpreterNames({ language, interpreter, version }: Runtime): ReadonlySet<string> {
  const names = language === 'nodejs' ? ['node', 'nodejs'] : ['python', 'python3', `python${version}`];
  return new Set([interpreter, ...names]);
}

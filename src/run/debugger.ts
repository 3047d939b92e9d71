import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ContainerProgram } from './container-program.ts';
import type { RunFailure } from './failure.ts';
import type { Interpreter } from './interpreter.ts';

/** Where editors look for debugpy when they are not told (github.com/microsoft/debugpy, "Command line"). */
const DEBUGPY_PORT = 5678;

/**
 * Opens the Function's program to a debugger: Node.js' own inspector at its usual port (9229), debugpy for Python at 5678,
 * both on this machine's loopback alone.
 */
export async function openToDebugger(
  own: ContainerProgram,
  { language, command }: Interpreter,
): Promise<ContainerProgram | RunFailure> {
  const { program } = own;
  if (language === 'nodejs') {
    const NODE_OPTIONS = [program.env.NODE_OPTIONS, '--inspect'].filter(Boolean).join(' ');
    return { ...own, program: { ...program, env: { ...program.env, NODE_OPTIONS } } };
  }
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
  const options = ['--listen', String(DEBUGPY_PORT), '--configure-subProcess', 'False'];
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

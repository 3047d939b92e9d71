import type { Command } from 'commander';
import { configurationOption, folderRuntimeOption, namespaceOption, takesFiles, withFiles } from './files.ts';
import { port } from '../port.ts';
import type { RunOptions } from '../options/run.ts';

/** `buildless run`. */
export function addRun(program: Command): void {
  takesFiles(
    program.command('run'),
    'file or folder with the Function, its ConfigMaps and Secrets; "-" is standard input',
  )
    .summary('run a Function on this machine, as its Pod would')
    .description(
      'Injects a Function and runs on this machine what its Pod would run: its source is prepared, its dependencies are ' +
        'installed and its handler is served by the same programs, in order, with its env and its volumes below a temporary ' +
        'root. A container with a command of its own (a Job, a worker) runs that. It prints first what this ' +
        'machine does not reproduce. Ctrl-C ends everything and removes the root. It needs Node.js 20.19 or newer on this ' +
        'machine, npm for Functions in Node.js, and Python 3.11 or newer with pip for those in Python.',
    )
    .option('--function <name>', 'which Function, if there are several; also KIND/NAME of its workload')
    .option('--port <number>', "port to serve on, 0 for any that is free (default: the Function's)", port)
    .option(
      '--watch',
      'run it again when a file of the input changes; if an edit cannot run, the version before it stays up',
    )
    .option('--inspect', 'for a debugger: Node.js listens on port 9229, Python with debugpy on 5678')
    .option('--inspect-port <number>', 'the same on another port, 0 for any that is free', port)
    .option('--verbose', 'explain each thing that this machine does not reproduce of the Pod')
    .addOption(folderRuntimeOption())
    .addOption(namespaceOption())
    .addOption(configurationOption())
    .addHelpText(
      'after',
      `
Examples:
  buildless run -f examples/hello-node
  buildless run -f examples/hello-node --port 3000 --watch
  buildless run -f shop/ -f ~/secrets/npm.yaml --function orders

Exit status: the status of a command of its own; 1 refused, or it could not be prepared, installed or started; 2 wrong input, a
taken port among it; 130 after Ctrl-C.`,
    )
    .action(async (paths: string[], options: RunOptions, command: Command) => {
      const { runFunction } = await import('../actions/run.ts');
      process.exitCode = await runFunction(withFiles(paths, options, command));
    });
}

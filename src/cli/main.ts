#!/usr/bin/env node
import { constants } from 'node:os';
import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { addCerts } from './commands/certs.ts';
import { addControl } from './commands/control.ts';
import { addConvert } from './commands/convert.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExplain } from './commands/explain.ts';
import { addHistory } from './commands/history.ts';
import { addInject } from './commands/inject.ts';
import { addLock } from './commands/lock.ts';
import { addParameters } from './commands/parameters.ts';
import { addRegistration } from './commands/registration.ts';
import { addResolve } from './commands/resolve.ts';
import { addRun } from './commands/run.ts';
import { addSchema } from './commands/schema.ts';
import { addServe } from './commands/serve.ts';
import { addStatus } from './commands/status.ts';
import { addUninstall } from './commands/uninstall.ts';
import { addValidate } from './commands/validate.ts';
import { EXIT } from './exit.ts';

// kubectl runs kubectl-NAME on the PATH as its subcommand NAME: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/
const asPlugin = path.basename(process.argv[1] ?? '').startsWith('kubectl-');

const program = new Command(asPlugin ? 'kubectl buildless' : 'buildless')
  .description('Functions on Kubernetes without image builds: the webhook, and the same core offline.')
  .version(VERSION, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print help')
  .helpCommand('help [command]', 'print help for a subcommand')
  .showSuggestionAfterError()
  .showHelpAfterError('(--help lists what can be given)')
  .exitOverride();

const subcommands = [
  addInject,
  addValidate,
  addLock,
  addRun,
  addConvert,
  addServe,
  addControl,
  addResolve,
  addCerts,
  addStatus,
  addHistory,
  addDoctor,
  addParameters,
  addRegistration,
  addExplain,
  addSchema,
  addUninstall,
];
for (const add of subcommands) add(program);

program.addHelpText('after', '\nExit status: 0 done, 1 refused, 2 wrong input.');

// Whoever reads the output may have seen enough, as `head` has: the end is a quiet one, with the status of a program that
// SIGPIPE has ended. A subcommand that has something to clean up listens as well, and ends by itself.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (stream.listenerCount('error') === 1) process.exit(128 + constants.signals.SIGPIPE);
  });
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongInput;
  } else {
    process.stderr.write('This is a fault of Buildless itself; please report it with these lines:\n');
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = EXIT.fault;
  }
}

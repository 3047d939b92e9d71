#!/usr/bin/env node
import { constants } from 'node:os';
import path from 'node:path';
import { CommanderError } from 'commander';
import { COMPLETE, printed } from './completion/protocol.ts';
import { EXIT } from './exit.ts';
import { PLUGIN_NAME } from './plugin.ts';
import { STANDALONE } from '../standalone/build.ts';
import { buildProgram } from './program.ts';

// kubectl runs kubectl-NAME on the PATH as its subcommand NAME, and asks kubectl_complete-NAME to complete it:
// https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/
const calledAs = path.basename((STANDALONE === undefined ? process.argv[1] : process.argv0) ?? '');
const program = buildProgram(calledAs.startsWith('kubectl-') ? PLUGIN_NAME : 'buildless');
const [first, ...others] = process.argv.slice(2);
const unfinished = calledAs.startsWith('kubectl_complete-')
  ? process.argv.slice(2)
  : first === COMPLETE
    ? others
    : undefined;

// Whoever reads the output may have seen enough, as `head` has: the end is a quiet one, with the status of a program that
// SIGPIPE has ended. A subcommand that has something to clean up listens as well, and ends by itself.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      if (stream.listenerCount('error') === 1) process.exit(128 + constants.signals.SIGPIPE);
      return;
    }
    if (stream === process.stdout) {
      process.stderr.write(`error: the output cannot be written (${error.code ?? error.message})\n`);
      process.stderr.write('       free some space, or write it somewhere else\n');
    }
    process.exit(EXIT.wrongInput);
  });
}

try {
  if (unfinished === undefined) await program.parseAsync();
  else await complete(unfinished);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongInput;
  } else {
    process.stderr.write('This is a fault of Buildless itself; please report it with these lines:\n');
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = EXIT.fault;
  }
}

async function complete(words: readonly string[]): Promise<void> {
  const [completion, { lookup }] = await Promise.all([
    import('./completion/complete.ts'),
    import('./completion/lookup.ts'),
  ]);
  process.stdout.write(printed(await completion.complete(program, words, lookup)));
}

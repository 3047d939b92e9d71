import type { Command } from 'commander';
import { port } from '../port.ts';

export interface RunOptions {
  readonly filename: readonly string[];
  readonly function?: string;
  readonly port?: number;
  readonly watch?: true;
  readonly namespace: string;
  readonly config?: string;
}

/** `buildless run`. */
export function addRun(program: Command): void {
  program
    .command('run')
    .summary('run a Function on this machine, as its Pod would')
    .description(
      'Injects the Function and runs on this machine what its Pod would run: the source is prepared, the dependencies are ' +
        'installed, the handler is served, with the same programs, env and folders below a temporary root. Ctrl-C ends it all. ' +
        'What this machine cannot reproduce is said at the start.',
    )
    .requiredOption('-f, --filename <path...>', 'file or folder with the Function and its ConfigMap')
    .option('--function <name>', 'which Function, where there are several')
    .option('--port <number>', "port to serve on, 0 for any (default: the Function's)", port)
    .option('--watch', 'start again when a file of the input changes')
    .option('-n, --namespace <name>', 'namespace of objects that name none', 'default')
    .option('--config <file>', "the webhook's configuration (default: the built-in one)")
    .addHelpText('after', '\nExample:\n  buildless run -f examples/hello-node --port 3000 --watch')
    .action(async (options: RunOptions) => {
      const { runFunction } = await import('../actions/run.ts');
      process.exitCode = await runFunction(options);
    });
}

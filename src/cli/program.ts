import { Command } from 'commander';
import { STANDALONE } from '../standalone/build.ts';
import { VERSION } from '../version.ts';
import { addCerts } from './commands/certs.ts';
import { addControl } from './commands/control.ts';
import { addCompletion } from './commands/completion.ts';
import { addConvert } from './commands/convert.ts';
import { addDoctor } from './commands/doctor.ts';
import { addExplain } from './commands/explain.ts';
import { addHistory } from './commands/history.ts';
import { addSbom } from './commands/sbom.ts';
import { addImages } from './commands/images.ts';
import { addInit } from './commands/init.ts';
import { addInject } from './commands/inject.ts';
import { addInvoke } from './commands/invoke.ts';
import { addLock } from './commands/lock.ts';
import { addManifest } from './commands/manifest.ts';
import { addLogs } from './commands/logs.ts';
import { addParameters } from './commands/parameters.ts';
import { addRegistration } from './commands/registration.ts';
import { addResolve } from './commands/resolve.ts';
import { addRun } from './commands/run.ts';
import { addSchema } from './commands/schema.ts';
import { addServe } from './commands/serve.ts';
import { addStatus } from './commands/status.ts';
import { addOutdated, addUpdate } from './commands/updates.ts';
import { addUninstall } from './commands/uninstall.ts';
import { addValidate } from './commands/validate.ts';
import { addVersion } from './commands/version.ts';
import { beQuiet } from './terminal.ts';

const REFERENCE = 'Reference:';

/** Those of `--help`, with the subcommands of each. */
const GROUPS = {
  'Files and folders:': [
    addInit,
    addRun,
    addValidate,
    addLock,
    addOutdated,
    addUpdate,
    addInject,
    addManifest,
    addConvert,
  ],
  'Functions in a cluster:': [addStatus, addHistory, addSbom, addLogs, addInvoke],
  [REFERENCE]: [addExplain, addSchema, addCompletion],
  'An installation:': [addDoctor, addVersion, addImages, addParameters, addRegistration, addUninstall],
  'Programs of the cluster, and for development:': [addServe, addControl, addResolve, addCerts],
};

/** Programs of the cluster, which start threads and tools with Node.js. */
const IN_IMAGE = ['serve', 'control', 'resolve'];

/** The command with its subcommands; what each does is loaded when it is asked for. */
export function buildProgram(name: string): Command {
  const program = new Command(name)
    .description('Functions on Kubernetes without image builds: the webhook, and the same core offline.')
    .version(VERSION, '-V, --version', 'print the version')
    .option('-q, --quiet', 'print results and errors only: no warnings, notes and progress')
    .helpOption('-h, --help', 'print help')
    .showSuggestionAfterError()
    .showHelpAfterError('(--help lists what can be given)')
    .exitOverride()
    .hook('preAction', (_, command) => {
      if (STANDALONE !== undefined && IN_IMAGE.includes(command.name())) {
        program.error(
          `error: "${command.name()}" is in the image and in the npm package only: this file has no Node.js to run it with`,
        );
      }
      if (program.opts<{ quiet?: true }>().quiet === true) beQuiet();
    });
  program.commandsGroup(REFERENCE).helpCommand('help [command]', 'print help for a subcommand');
  for (const [heading, subcommands] of Object.entries(GROUPS)) {
    program.commandsGroup(heading);
    for (const add of subcommands) add(program);
  }
  return program.addHelpText('after', '\nExit status: 0 done, 1 refused, 2 wrong input, 70 a fault of Buildless.');
}

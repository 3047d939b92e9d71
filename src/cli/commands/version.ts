import { Option, type Command } from 'commander';
import { INSTALL_NAMESPACE } from '../../installation/names.ts';
import { onCluster } from './cluster.ts';
import type { VersionOptions } from '../options/version.ts';
import { FORMS } from '../options/cluster.ts';

/** `buildless version`. */
export function addVersion(program: Command): void {
  onCluster(program.command('version'))
    .summary('print the version of this command and of the installation')
    .description(
      'Prints the version of this command and, if a cluster can be reached and its installation may be read, the versions ' +
        'of the webhook and of the controller.',
    )
    .option('--client', 'of this command only: no cluster is asked', false)
    .option('--installation <namespace>', 'where Buildless is installed', INSTALL_NAMESPACE)
    .addOption(new Option('-o, --output <form>', 'form of the output').choices([...FORMS]).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  buildless version --client
  kubectl buildless version -o json | jq -r .webhook.version

Exit status: 0, with or without a cluster.`,
    )
    .action(async (options: VersionOptions) => {
      const { printVersion } = await import('../actions/version.ts');
      process.exitCode = await printVersion(options);
    });
}

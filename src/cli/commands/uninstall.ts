import type { Command } from 'commander';
import { INSTALL_NAMESPACE } from '../../installation/names.ts';
import { onCluster, outputOption } from './cluster.ts';
import type { UninstallOptions } from '../options/uninstall.ts';

/** `buildless uninstall`. */
export function addUninstall(program: Command): void {
  onCluster(program.command('uninstall'))
    .summary('remove an installation from a cluster')
    .description(
      'Removes what deploy/ installed and what the webhook made, in an order that cannot lock the cluster out: the webhook ' +
        'configurations first. Objects without the label app.kubernetes.io/part-of=buildless stay. Functions that run go on; ' +
        'new Pods of Functions do not start any more.',
    )
    .option('-n, --namespace <name>', 'namespace of Buildless itself, not of the Functions', INSTALL_NAMESPACE)
    .option('--dry-run', 'only list what would be removed')
    .option('-y, --yes', 'do not ask on a terminal')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  buildless uninstall --dry-run
  kubectl buildless uninstall
  buildless uninstall --yes -o json | jq '.objects[] | select(.outcome == "failed")'

Exit status: 0 done, 1 something could not be removed, 2 no cluster, or the question was not answered with yes.`,
    )
    .action(async (options: UninstallOptions) => {
      const { uninstall } = await import('../actions/uninstall.ts');
      process.exitCode = await uninstall(options);
    });
}

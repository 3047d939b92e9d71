import type { Command } from 'commander';
import { INSTALL_NAMESPACE } from '../../installation/names.ts';

export interface UninstallOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace: string;
  readonly dryRun?: true;
  readonly yes?: true;
}

/** `buildless uninstall`. */
export function addUninstall(program: Command): void {
  program
    .command('uninstall')
    .summary('remove an installation from a cluster')
    .description(
      'Removes what deploy/ installed and what the webhook made, in an order that cannot lock the cluster out: the webhook ' +
        'configurations first. Objects without the label app.kubernetes.io/part-of=buildless stay. Functions that run go on; ' +
        'new Pods of Functions do not start any more.',
    )
    .option('--kubeconfig <file>', 'the cluster (default: as kubectl finds it)')
    .option('--context <name>', 'of the kubeconfig (default: the current one)')
    .option('-n, --namespace <name>', 'where Buildless is installed', INSTALL_NAMESPACE)
    .option('--dry-run', 'only list what would be removed')
    .option('-y, --yes', 'do not ask on a terminal')
    .addHelpText(
      'after',
      `
Examples:
  buildless uninstall --dry-run
  kubectl buildless uninstall

Exit status: 0 done, 1 something could not be removed, 2 no cluster, or the question was not answered with yes.`,
    )
    .action(async (options: UninstallOptions) => {
      const { uninstall } = await import('../actions/uninstall.ts');
      process.exitCode = await uninstall(options);
    });
}

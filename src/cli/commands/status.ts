import type { Command } from 'commander';
import { INSTALL_NAMESPACE } from '../../installation/names.ts';
import { onCluster, outputOption } from './cluster.ts';
import type { StatusOptions } from '../options/status.ts';

/** Options of every command that looks at Functions in a cluster. */
export const looksAtFunctions = (command: Command): Command =>
  onCluster(command).option('-n, --namespace <name>', "namespace of the Functions (default: the context's)");

/** `buildless status`. */
export function addStatus(program: Command): void {
  looksAtFunctions(program.command('status'))
    .summary('show the Functions of a namespace and what they run')
    .description(
      'Lists Functions with their workload, runtime, revision and its age, replicas that are ready and replicas on another ' +
        'revision, who made the lock, and the strictest level of the dependency policy that the source passes. Below the table: ' +
        'why an edit was not rolled out, and what keeps Pods from starting. Read rights in the namespace are enough.',
    )
    .option('-A, --all-namespaces', 'of all namespaces', false)
    .option('--denied', 'only Functions that run a denied version, with the path by which it came', false)
    .option('--denied-list <path...>', 'folders or files with denied versions, beside the lists of the installation')
    .addOption(outputOption())
    .option('--config <file>', "the webhook's configuration (default: the installed one if it can be read)")
    .option('--installation <namespace>', 'where Buildless is installed', INSTALL_NAMESPACE)
    .addHelpText(
      'after',
      `
States: current (what the author wrote runs), rolling out, edited (an edit was not rolled out), rolled back (after an undo),
live (no revision: each Pod runs the source as it is when the Pod starts), unknown.

Examples:
  kubectl buildless status -n shop
  kubectl buildless status -A --denied
  kubectl buildless status -A -o json | jq '.functions[] | select(.replicas.otherRevision > 0)'

Exit status: 0 done, 2 no cluster, or nothing that may be read.`,
    )
    .action(async (options: StatusOptions) => {
      const { showStatus } = await import('../actions/status.ts');
      process.exitCode = await showStatus(options);
    });
}

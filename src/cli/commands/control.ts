import { InvalidArgumentError, type Command } from 'commander';
import { CONTROL_NAME, PORTS } from '../../installation/names.ts';
import { port } from '../port.ts';
import type { ControlCommandOptions } from '../options/control.ts';
import { logLevelOption } from '../log-level.ts';

/** `buildless control`, the revisions controller. */
export function addControl(program: Command): void {
  program
    .command('control')
    .summary('run the revisions controller')
    .description(
      'Keeps replicas the same: copies each state of a source into immutable ConfigMaps, resolves the lock of a source that has ' +
        'none, and rolls edits out by a stamp on the Pod template. Follows branches and tags of Git sources.\n\n' +
        `Of several replicas one works, the holder of the Lease ${CONTROL_NAME}. Serves /healthz, /readyz and /metrics on the plain port.`,
    )
    .option('-n, --namespace <name>', 'of the Lease (default: POD_NAMESPACE)')
    .option(
      '--resolver <socket>',
      'Unix socket of buildless resolve; without it no lock is resolved and no Git source is followed',
    )
    .option(
      '--config <file>',
      'configuration, the same as for serve; reloaded when it changes (default: the built-in one)',
    )
    .option('--denied <path...>', 'folders or files with denied versions, the same as for serve')
    .option('--kubeconfig <file>', 'the cluster to work on (default: as kubectl finds it)')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--address <ip>', 'address to listen on (default: all)')
    .option('--health-port <number>', 'plain port, 0 for any', port, PORTS.plain)
    .option(
      '--push-secrets <folder>',
      'take webhooks of Git hosts at POST /push, signed with what a file of this folder holds; without it only the interval counts',
    )
    .option('--push-port <number>', 'port for these webhooks, 0 for any', port, PORTS.push)
    .option(
      '--lease <seconds>',
      'after which another replica takes over from one that does not answer',
      leaseSeconds,
      15,
    )
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      `
Examples:
  buildless control --namespace buildless-system --resolver /run/buildless/resolver.sock
  buildless control --namespace buildless-system --kubeconfig ~/.kube/config --health-port 0`,
    )
    .action(async (options: ControlCommandOptions) => {
      const { runControl } = await import('../actions/control.ts');
      process.exitCode = await runControl(options);
    });
}

function leaseSeconds(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 3600) return value;
  throw new InvalidArgumentError('Expected an integer from 1 to 3600.');
}

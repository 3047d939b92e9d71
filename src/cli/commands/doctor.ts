import { Option, type Command } from 'commander';
import { CONFIGURATION_NAME, INSTALL_NAMESPACE } from '../../installation/names.ts';
import { onCluster } from './cluster.ts';
import type { DoctorOptions } from '../options/doctor.ts';
import { FORMS } from '../options/cluster.ts';

/** `buildless doctor`. */
export function addDoctor(program: Command): void {
  onCluster(program.command('doctor'))
    .summary('check an installation in a cluster')
    .description(
      'Looks at a cluster through your kubeconfig: its version, the rights of the webhook, its replicas, its configuration, both ' +
        'webhook configurations, their caBundle against the certificate that is served, the namespaces that opted in, a ' +
        'Function the whole way and one of each kind of workload, both as a dry run. It changes nothing. Whatever is ' +
        'wrong comes with its cure.',
    )
    .option('-n, --namespace <name>', 'namespace of Buildless itself, not of the Functions', INSTALL_NAMESPACE)
    .option('--webhook-configuration <name>', 'of both webhook configurations', CONFIGURATION_NAME)
    .option('--probe-namespace <name>', 'where to try a Function (default: the first namespace that opted in)')
    .addOption(new Option('-o, --output <format>', 'form of the output').choices([...FORMS, 'text']).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  buildless doctor
  kubectl buildless doctor -o json | jq '.results[] | select(.status == "failed")'

Exit status: 0 all is well, 1 something is not, 2 no cluster.`,
    )
    .action(async (options: DoctorOptions) => {
      const { examineCluster } = await import('../actions/doctor.ts');
      process.exitCode = await examineCluster(options);
    });
}

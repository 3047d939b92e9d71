import type { Command } from 'commander';
import { INSTALL_NAMESPACE } from '../../installation/names.ts';
import type { ParametersOptions } from '../options/parameters.ts';

/** `buildless parameters`. */
export function addParameters(program: Command): void {
  program
    .command('parameters')
    .summary('print the ConfigMap for namespaces of Functions only')
    .description(
      'Prints the ConfigMap buildless-only: the images that the configuration allows, as the policy for namespaces labelled ' +
        'buildless.dev/functions=only reads them. Apply it whenever the configuration changes; buildless doctor compares the two.',
    )
    .requiredOption('--config <file>', 'the configuration; - for standard input')
    .option('-n, --namespace <name>', 'where Buildless is installed', INSTALL_NAMESPACE)
    .addHelpText(
      'after',
      `
Examples:
  buildless parameters --config deploy/config.yaml | kubectl apply -f -
  kubectl get configmap buildless-config -n buildless-system -o 'jsonpath={.data.config\\.yaml}' |
    buildless parameters --config - | kubectl apply -f -

Exit status: 0 done, 2 wrong input.`,
    )
    .action(async (options: ParametersOptions) => {
      const { printParameters } = await import('../actions/parameters.ts');
      process.exitCode = await printParameters(options);
    });
}

import type { Command } from 'commander';
import { CONFIGURATION_NAME, INSTALL_NAMESPACE } from '../../installation/names.ts';
import type { RegistrationOptions } from '../options/registration.ts';

/** `buildless registration`. */
export function addRegistration(program: Command): void {
  program
    .command('registration')
    .summary('print the webhook entries for the templates of custom kinds')
    .description(
      'Prints a ValidatingWebhookConfiguration with one entry for each kind that the configuration names under templates, so ' +
        'that the API server sends these kinds. Use it as a patch of a kustomization, or patch what is installed. ' +
        'buildless doctor compares the entries with the configuration.',
    )
    .requiredOption('--config <file>', 'the configuration; - for standard input')
    .option('-n, --namespace <name>', 'where Buildless is installed', INSTALL_NAMESPACE)
    .addHelpText(
      'after',
      `
Examples:
  buildless registration --config config.yaml > template-entries.yaml
  buildless registration --config config.yaml |
    kubectl patch validatingwebhookconfiguration ${CONFIGURATION_NAME} --patch-file /dev/stdin

Exit status: 0 done, 2 wrong input.`,
    )
    .action(async (options: RegistrationOptions) => {
      const { printRegistration } = await import('../actions/registration.ts');
      process.exitCode = await printRegistration(options);
    });
}

import { templateRegistration } from '../../installation/template-entries.ts';
import { writeKubernetesYaml } from '../../manifests/kubernetes-yaml.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { printFindings } from '../terminal.ts';
import { readConfigurationOption } from './configuration-option.ts';
import type { RegistrationOptions } from '../options/registration.ts';

/** `buildless registration`. */
export async function printRegistration({ config, namespace }: RegistrationOptions): Promise<ExitStatus> {
  const configuration = await readConfigurationOption(config);
  if (configuration === undefined) return EXIT.wrongInput;
  if (configuration.templates.length === 0) {
    const fix = 'add the group, kind and path of a Pod template, see docs/operations.md';
    printFindings('error', [{ problem: `${config}: templates is empty, so no entry is needed`, fix }]);
    return EXIT.wrongInput;
  }
  process.stdout.write(writeKubernetesYaml(templateRegistration(configuration, namespace)));
  return EXIT.done;
}

import { onlyConfigMap } from '../../installation/only-parameters.ts';
import { writeKubernetesYaml } from '../../manifests/kubernetes-yaml.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { readConfigurationOption } from './configuration-option.ts';
import type { ParametersOptions } from '../options/parameters.ts';

/** `buildless parameters`. */
export async function printParameters({ config, namespace }: ParametersOptions): Promise<ExitStatus> {
  const configuration = await readConfigurationOption(config);
  if (configuration === undefined) return EXIT.wrongInput;
  process.stdout.write(writeKubernetesYaml(onlyConfigMap(configuration, namespace)));
  return EXIT.done;
}

import { text } from 'node:stream/consumers';
import { loadConfiguration, parseConfiguration } from '../../config/load.ts';
import { onlyConfigMap } from '../../installation/only-parameters.ts';
import { writeKubernetesYaml } from '../../manifests/kubernetes-yaml.ts';
import type { ParametersOptions } from '../commands/parameters.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { printFindings } from '../terminal.ts';

/** `buildless parameters`. */
export async function printParameters({ config, namespace }: ParametersOptions): Promise<ExitStatus> {
  const loaded =
    config === '-' ? parseConfiguration(await text(process.stdin), 'standard input') : await loadConfiguration(config);
  if ('findings' in loaded) {
    printFindings('error', loaded.findings);
    return EXIT.wrongInput;
  }
  process.stdout.write(writeKubernetesYaml(onlyConfigMap(loaded.configuration, namespace)));
  return EXIT.done;
}

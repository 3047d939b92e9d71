import { text } from 'node:stream/consumers';
import type { Configuration } from '../../config/configuration.ts';
import { loadConfiguration, parseConfiguration } from '../../config/load.ts';
import { printFindings } from '../terminal.ts';

/**
 * The configuration that `--config` names, `-` for standard input.
 *
 * @returns undefined if it cannot be read; the findings are printed
 */
export async function readConfigurationOption(config: string): Promise<Configuration | undefined> {
  const loaded =
    config === '-' ? parseConfiguration(await text(process.stdin), 'standard input') : await loadConfiguration(config);
  if ('configuration' in loaded) {
    printFindings('warning', loaded.warnings);
    return loaded.configuration;
  }
  printFindings('error', loaded.findings);
  return undefined;
}

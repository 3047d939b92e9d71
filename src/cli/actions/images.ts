import { DEFAULT_CONFIGURATION } from '../../config/defaults.ts';
import { pulledImages } from '../../installation/images.ts';
import { visible } from '../../outcome/finding.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import type { ImagesOptions } from '../options/images.ts';
import { readConfigurationOption } from './configuration-option.ts';
import { writeData } from './write-data.ts';

/** `buildless images`. */
export async function printImages({ config, output }: ImagesOptions): Promise<ExitStatus> {
  const configuration = config === undefined ? DEFAULT_CONFIGURATION : await readConfigurationOption(config);
  if (configuration === undefined) return EXIT.wrongInput;
  const images = pulledImages(configuration);
  if (output !== 'table') {
    writeData(images, output);
    return EXIT.done;
  }
  const rows = [
    ['NAME', 'IMAGE', ...(configuration.images.registry === undefined ? [] : ['MIRROR'])],
    ...images.map(({ name, image, mirror }) => [name, image, ...(mirror === undefined ? [] : [mirror])]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows) {
    const line = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)));
    process.stdout.write(`${visible(line.join('   '))}\n`);
  }
  return EXIT.done;
}

import { Option, type Command } from 'commander';
import type { FileOptions } from '../options/files.ts';

/** Gives a subcommand `-f` and `-R` as kubectl has them; paths may also be given without `-f`. */
export const takesFiles = (command: Command, what: string): Command =>
  command
    .argument('[path...]', 'the same as -f')
    .option('-f, --filename <path...>', what)
    .option('-R, --recursive', 'read folders with their subfolders', false);

export const folderRuntimeOption = (): Option =>
  new Option('--runtime <name>', 'runtime of a folder that is a source (default: what the folder says)');

export const namespaceOption = (): Option =>
  new Option('-n, --namespace <name>', 'namespace of objects that name none').default('default');

/** Of every command that works without a cluster. */
export const configurationOption = (): Option =>
  new Option('--config <file>', "the webhook's configuration (default: the built-in one)");

export const DENIED_LISTS = 'folders or files with denied versions, beside those of the configuration';

export const deniedOption = (): Option => new Option('--denied <path...>', DENIED_LISTS);

/** The options with all paths of the command line; ends the command if there are none. */
export function withFiles<Options extends Partial<FileOptions>>(
  paths: readonly string[],
  options: Options,
  command: Command,
): Options & Pick<FileOptions, 'filename'> {
  const filename = [...(options.filename ?? []), ...paths];
  if (filename.length === 0) command.error('error: give a file, a folder or "-" with -f, --filename');
  if (filename.includes('')) command.error('error: -f, --filename is empty: give a file, a folder or "-"');
  return { ...options, filename };
}

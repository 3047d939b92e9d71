import { Option, type Command } from 'commander';
import { PLATFORMS } from '../../lock/lock.ts';
import { duration } from '../duration.ts';
import type { FileOptions } from '../options/files.ts';
import type { OutdatedOptions, UpdateOptions } from '../options/updates.ts';
import { configurationOption, DENIED_LISTS, namespaceOption, takesFiles, withFiles } from './files.ts';

const INPUT = 'manifest, folder of manifests, or folder of a source';

/** Of an option that takes one value each time, so that the packages may follow it. */
const oneMore = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value];

/** Options of both subcommands. */
const ofSources = (command: Command): Command =>
  command
    .option(
      '--minimum-age <duration>',
      'only versions that were published at least this long ago, e.g. 7d; a version without a time is not old enough',
      duration,
    )
    .addOption(
      new Option('--platform <platform...>', 'Python: platforms of the nodes, with glibc (default: all)').choices([
        ...PLATFORMS,
      ]),
    )
    .option('--runtime <name>', 'runtime of a source that no Function of the input names, e.g. python312')
    .option('--install-scripts', 'also take versions that have to be built, which runs their code', false)
    .addOption(namespaceOption())
    .addOption(configurationOption());

/** `buildless outdated`; what it does is loaded when it is asked for. */
export function addOutdated(program: Command): void {
  ofSources(takesFiles(program.command('outdated'), INPUT))
    .summary('list pinned dependencies and their newer versions')
    .description(
      'Lists the dependencies that sources pin to one version, in package.json or requirements.txt, with the newest version ' +
        'that should not break anything (the same major version; below 1.0.0 the same minor version), the newest one, and its ' +
        'age. Registries are asked through npm and uv, with your settings and those of the source.',
    )
    .addOption(
      new Option('-o, --output <form>', 'form of the output').choices(['table', 'json', 'yaml']).default('table'),
    )
    .option('--exit-code', 'exit with 1 if a newer version exists, as "git diff --exit-code" does', false)
    .addHelpText(
      'after',
      `
Versions that their maintainers withdrew (deprecated on npm, yanked on PyPI) and pre-releases are not offered.

Examples:
  buildless outdated -f deploy/
  buildless outdated -f functions/shop --minimum-age 7d --exit-code
  buildless outdated -f deploy/ -o json | jq '.dependencies[] | select(.withdrawn)'

Exit status: 0 done; 1 a registry or a package cannot be looked up, or, with --exit-code, a newer version exists; 2 wrong input.`,
    )
    .action(async (paths: string[], options: OutdatedOptions, command: Command) => {
      const { outdated } = await import('../actions/updates/outdated.ts');
      process.exitCode = await outdated(withFiles(paths, options, command));
    });
}

type GivenOptions = Omit<UpdateOptions, 'names' | 'filename'> & Partial<FileOptions>;

/** `buildless update`. */
export function addUpdate(program: Command): void {
  const command = program
    .command('update')
    .argument('[package...]', 'dependencies to update (default: all)')
    .option('-f, --filename <path>', `${INPUT}; may be repeated`, oneMore)
    .option('-R, --recursive', 'read folders with their subfolders', false);
  ofSources(command)
    .summary('move pinned dependencies to newer versions, and lock them')
    .description(
      'Moves dependencies that are pinned to one version to the newest version of the same major version (below 1.0.0: minor ' +
        'version), and resolves the lock of the source again if it has one. Shows a diff; with --write the files are changed: ' +
        'only versions and locks, so that comments, order and formatting stay.',
    )
    .option('-w, --write', 'write the files', false)
    .option('--denied <path>', `${DENIED_LISTS}; may be repeated`, oneMore)
    .option('--major', 'move to the newest version, also of another major version', false)
    .addHelpText(
      'after',
      `
With --minimum-age, every version that comes into a lock is old enough, also of packages that nobody names. Python needs uv.
Versions that their maintainers withdrew (deprecated on npm, yanked on PyPI) and pre-releases are not chosen.

Examples:
  buildless update -f deploy/shop.yaml
  buildless update -f deploy/ --minimum-age 7d --write
  buildless update -f functions/shop express --major --write
  buildless update -f deploy/ --config config.yaml --denied malicious-packages/osv

Exit status: 0 done, or nothing to update; 1 a registry or a package cannot be looked up, or the versions do not fit together:
then nothing is written; 2 wrong input.`,
    )
    .action(async (names: string[], options: GivenOptions, self: Command) => {
      const { update } = await import('../actions/updates/update.ts');
      process.exitCode = await update(withFiles([], { ...options, names }, self));
    });
}

import { Option, type Command } from 'commander';
import { INSTALL_NAMESPACE } from '../../installation/names.ts';
import { PLATFORMS } from '../../lock/lock.ts';
import { BILL_FORMS, type SbomOptions } from '../options/sbom.ts';
import { looksAtFunctions } from './status.ts';

/** `buildless sbom`. */
export function addSbom(program: Command): void {
  looksAtFunctions(program.command('sbom'))
    .argument('[name]', 'a Function of the cluster, or KIND/NAME of its workload; without -f')
    .summary('print the software bill of materials of a Function, or the licences in it')
    .description(
      'Prints what a Function installs, by its lock, as CycloneDX 1.6 or SPDX 2.3: packages with their versions, hashes and, ' +
        'for npm, licences and who asks for whom; the digest of the source; the image that it runs in. Nothing is downloaded. ' +
        'With -o licences it is a table of packages by licence, with the verdict of dependencies.licences if the configuration has it. ' +
        'Of a Function in a cluster it is what the revision of its template installs; read rights in the namespace are enough.',
    )
    .option('-f, --filename <path...>', 'manifest or folder, in place of a Function of the cluster')
    .option('-R, --recursive', 'read folders with their subfolders', false)
    .option('--function <name>', 'with -f: which Function, or KIND/NAME of its workload, if there are several')
    .option('--runtime <name>', 'with -f: runtime of a folder that does not say it, e.g. python312')
    .addOption(
      new Option('--platform <platform>', 'of the node that it runs on').choices([...PLATFORMS]).default('linux/amd64'),
    )
    .addOption(
      new Option('-o, --output <form>', 'form of the output').choices([...BILL_FORMS]).default('cyclonedx-json'),
    )
    .option('--config <file>', "the webhook's configuration (default: the installed one if it can be read)")
    .option('--installation <namespace>', 'where Buildless is installed', INSTALL_NAMESPACE)
    .addHelpText(
      'after',
      `
The same Function always gives the same CycloneDX file. SPDX demands a time: SOURCE_DATE_EPOCH, in seconds, sets it.
Python locks have neither licences nor who asks for whom. Which one of several wheels is installed is decided on the node.

Examples:
  buildless sbom -f functions/shop > shop.cdx.json
  kubectl buildless sbom shop -n web -o spdx-json
  buildless sbom -f functions/shop -o licences
  osv-scanner scan source -L shop.cdx.json

Exit status: 0 done; 1 its lock does not fix everything that it installs; 2 wrong input.`,
    )
    .action(async (name: string | undefined, options: SbomOptions, command: Command) => {
      if ((name === undefined) === (options.filename === undefined))
        command.error('error: give either the name of a Function or files with -f, --filename');
      const { printSbom } = await import('../actions/sbom/sbom.ts');
      process.exitCode = await printSbom(name, options);
    });
}

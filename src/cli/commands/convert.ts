import { Option, type Command } from 'commander';
import { configurationOption, takesFiles, withFiles } from './files.ts';
import type { ConvertOptions } from '../options/convert.ts';

/** `buildless convert`. */
export function addConvert(program: Command): void {
  takesFiles(program.command('convert'), 'file, folder, or "-" for standard input')
    .summary("turn Functions of Kyma Serverless into Buildless' ConfigMap, Deployment and Service")
    .description(
      'Converts each Function of serverless.kyma-project.io/v1alpha2 in the input, inline or from Git, and writes the result ' +
        'to standard output; other objects of the input come out as they are. Code and dependency lists stay byte for byte; what ' +
        "the code imports undeclared, because Kyma's image carries it, is added with a version. The report on standard error says " +
        'what changed, what was dropped and why, what is left to do, and what the dependency policy finds.',
    )
    .addOption(new Option('-o, --output <format>', 'form of the output').choices(['yaml', 'json']).default('yaml'))
    .option(
      '--registry <secret>',
      "Secret with .npmrc or pip.conf (default: Kyma's serverless-package-registry-config where the input has it)",
    )
    .option(
      '--new-api-notes',
      "also report, by line, what a handler would have to change for Kyma's new API (nodejs26, python314)",
      false,
    )
    .addOption(configurationOption())
    .addHelpText(
      'after',
      `
Examples:
  kubectl get functions --output yaml | buildless convert -f - > functions.yaml
  buildless convert -f function.yaml | kubectl apply -f -
  buildless convert -f function.yaml --new-api-notes > /dev/null

Exit status: 0 done; 1 a Function cannot be converted, nothing on standard output; 2 wrong input.`,
    )
    .action(async (paths: string[], options: ConvertOptions, command: Command) => {
      const { convertManifests } = await import('../actions/convert.ts');
      process.exitCode = await convertManifests(withFiles(paths, options, command));
    });
}

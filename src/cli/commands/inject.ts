import { Option, type Command } from 'commander';
import { configurationOption, folderRuntimeOption, namespaceOption, takesFiles, withFiles } from './files.ts';
import type { InjectOptions } from '../options/inject.ts';

/** `buildless inject`; what it does is loaded when it is asked for. */
export function addInject(program: Command): void {
  takesFiles(program.command('inject'), 'file, folder, or "-" for standard input')
    .summary('inject every Function of the given manifests')
    .description(
      'Injects every Pod template of the input that carries the label buildless.dev/function, as the webhook would, and writes ' +
        'the whole input to standard output; objects that are not Functions stay as they are, comments and order included. ConfigMaps of the ' +
        'input are the sources; Namespaces of the input give the policy.',
    )
    .addOption(
      new Option('-o, --output <format>', 'form of the output').choices(['yaml', 'json', 'diff']).default('yaml'),
    )
    .addOption(folderRuntimeOption())
    .addOption(namespaceOption())
    .addOption(configurationOption())
    .addHelpText(
      'after',
      `
Examples:
  buildless inject -f examples/hello-node --output diff
  kustomize build | buildless inject -f - | kubectl apply -f -

Exit status: 0 done; 1 refused, with every reason on standard error and nothing on standard output; 2 wrong input.`,
    )
    .action(async (paths: string[], options: InjectOptions, command: Command) => {
      const { injectManifests } = await import('../actions/inject.ts');
      process.exitCode = await injectManifests(withFiles(paths, options, command));
    });
}

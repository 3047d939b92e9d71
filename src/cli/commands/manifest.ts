import { Option, type Command } from 'commander';
import { configurationOption, takesFiles, withFiles } from './files.ts';
import type { ManifestOptions } from '../options/manifest.ts';

/** `buildless manifest`. */
export function addManifest(program: Command): void {
  takesFiles(program.command('manifest'), 'folder with the source of a Function, or with a kustomization')
    .summary('print the ConfigMap, Deployment and Service of a folder')
    .description(
      'Prints what runs a folder in a cluster: its files as a ConfigMap (several if it has more than 1 MiB), a Deployment ' +
        'and a Service. The same folder always gives the same output. Of a kustomization it prints the objects, as ' +
        '"kubectl kustomize" does.',
    )
    .option('--name <name>', "name of the Function (default: the folder's)")
    .option('--runtime <name>', 'runtime of the Function (default: what the folder says)')
    .addOption(new Option('-o, --output <format>', 'form of the output').choices(['yaml', 'json']).default('yaml'))
    .addOption(configurationOption())
    .addHelpText(
      'after',
      `
Never part of a source: .git, node_modules, .venv, __pycache__, what .gitignore names, .env files and private keys.
The runtime comes from --runtime, else from engines.node in package.json or .nvmrc, requires-python in pyproject.toml or .python-version.

Examples:
  buildless manifest -f functions/shop | kubectl apply -f -
  buildless manifest -f functions/shop --name orders --runtime nodejs24 | buildless validate -f - --level locked

Exit status: 0 done; 2 wrong input, with nothing on standard output.`,
    )
    .action(async (paths: string[], options: ManifestOptions, command: Command) => {
      const { printManifest } = await import('../actions/manifest.ts');
      process.exitCode = await printManifest(withFiles(paths, options, command));
    });
}

import { Option, type Command } from 'commander';
import {
  configurationOption,
  deniedOption,
  folderRuntimeOption,
  namespaceOption,
  takesFiles,
  withFiles,
} from './files.ts';
import { LEVELS } from '../../dependencies/policy.ts';
import type { ValidateOptions } from '../options/validate.ts';

/** `buildless validate`; what it does is loaded when it is asked for. */
export function addValidate(program: Command): void {
  takesFiles(
    program.command('validate'),
    'manifest, folder of manifests, folder of a source, or "-" for standard input',
  )
    .summary('report what the webhook would refuse')
    .description(
      'Judges every Function of the given manifests, or of a folder with package.json, requirements.txt or pylock.toml, as the ' +
        'webhook would when they are applied: definition, security and dependencies. Levels come from the Namespaces of the ' +
        'input, else from the configuration.',
    )
    .addOption(new Option('-l, --level <level>', 'enforce this level everywhere').choices([...LEVELS]))
    .addOption(
      new Option('-o, --output <format>', 'form of the output')
        .choices(['text', 'json', 'sarif', 'gitlab'])
        .default('text'),
    )
    .addOption(folderRuntimeOption())
    .addOption(namespaceOption())
    .addOption(configurationOption())
    .option('--online', "ask registries about the versions of locks, as the cluster's controller does", false)
    .addOption(deniedOption())
    .addHelpText(
      'after',
      `
Examples:
  buildless validate -f deploy/
  buildless validate -f functions/shop --level locked
  buildless validate -f deploy/ --online --config config.yaml --denied malicious-packages/osv
  kustomize build | buildless validate -f - --output sarif > buildless.sarif

Exit status: 0 nothing would be refused, though there may be warnings, or no Function in the manifests; 1 something would be
refused; 2 wrong input, or no manifests in it.`,
    )
    .action(async (paths: string[], options: ValidateOptions, command: Command) => {
      const { validate } = await import('../actions/validate.ts');
      process.exitCode = await validate(withFiles(paths, options, command));
    });
}

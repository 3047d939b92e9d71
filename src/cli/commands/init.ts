import { Option, type Command } from 'commander';
import { describedTemplates, templateNames } from '../../init/templates.ts';
import type { InitOptions } from '../options/init.ts';
import { configurationOption } from './files.ts';

/** `buildless init`. */
export function addInit(program: Command): void {
  const described = describedTemplates();
  const width = Math.max(...described.map(({ name }) => name.length));
  const templates = described.map(({ name, what }) => `  ${name.padEnd(width)}  ${what}`).join('\n');
  program
    .command('init')
    .argument('[folder]', 'where the Function is made', '.')
    .summary('make a new Function')
    .description(
      'Writes a handler with a test, its dependencies with a lock, types, a kustomization with Deployment and Service, and ' +
        'settings for Visual Studio Code. Its tests pass at once, and "buildless run -f" runs it. It never overwrites a file.',
    )
    .addOption(
      new Option(
        '--template <name>',
        'what it begins as (default: "http", or "python" for a runtime of Python)',
      ).choices(templateNames()),
    )
    .option('--runtime <name>', 'runtime of the Function (default: nodejs22 or python312)')
    .option('--name <name>', "name of the Function (default: the folder's)")
    .addOption(configurationOption())
    .addHelpText(
      'after',
      `
Templates:
${templates}

Examples:
  buildless init functions/hello
  buildless init functions/prices --template cloud-event --runtime nodejs24
  buildless init functions/report --template cron --runtime python313

Exit status: 0 done; 2 wrong input, or a file is in the way: then nothing is written.`,
    )
    .action(async (folder: string, options: Omit<InitOptions, 'folder'>, command: Command) => {
      if (folder === '')
        command.error('error: the name of the folder is empty: name one, or leave it out for this one');
      const { initFunction } = await import('../actions/init.ts');
      process.exitCode = await initFunction({ ...options, folder });
    });
}

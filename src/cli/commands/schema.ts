import { Argument, type Command } from 'commander';
import { SCHEMAS, type SchemaName } from '../options/schema.ts';

/** `buildless schema`. */
export function addSchema(program: Command): void {
  program
    .command('schema')
    .addArgument(
      new Argument('[which]', "of the configuration file, or of a Pod template's metadata")
        .choices([...SCHEMAS])
        .default('config'),
    )
    .summary('print a JSON Schema for editors')
    .description(
      "Prints a JSON Schema (draft 2020-12): of the webhook's configuration file, or of the labels and annotations of a Function. " +
        'An editor that knows it completes keys and marks mistakes; "buildless validate" still finds more.',
    )
    .addHelpText(
      'after',
      `
Examples:
  buildless schema > buildless-config.schema.json
  buildless schema annotations > buildless-annotations.schema.json

In VS Code: "yaml.schemas": { "./buildless-config.schema.json": "config.yaml" }`,
    )
    .action(async (which: SchemaName) => {
      const { printSchema } = await import('../actions/schema.ts');
      process.exitCode = await printSchema(which);
    });
}

import { Option, type Command } from 'commander';
import type { ExplainOptions } from '../options/explain.ts';

/** `buildless explain`. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .argument('[code...]', 'codes as messages show them in square brackets; all of them if left out')
    .summary('explain a code of a message: cause and cure')
    .description(
      'Prints what brings a code about and what to do. The same codes are in messages (in square brackets), in the log, in ' +
        'metric labels and in docs/outcomes.md.',
    )
    .addOption(new Option('-o, --output <form>', 'form of the output').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `
Examples:
  buildless explain dependencies-float
  buildless explain -o json | jq -r '.[].code'

Exit status: 0 done, 2 no such code.`,
    )
    .action(async (codes: string[], options: ExplainOptions) => {
      const { explain } = await import('../actions/explain.ts');
      process.exitCode = explain(codes, options);
    });
}

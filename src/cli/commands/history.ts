import type { Command } from 'commander';
import { outputOption } from './cluster.ts';
import { looksAtFunctions } from './status.ts';
import type { HistoryOptions } from '../options/history.ts';

/** `buildless history`. */
export function addHistory(program: Command): void {
  looksAtFunctions(program.command('history'))
    .argument('<name>', "the Function's name, or KIND/NAME of its workload")
    .summary('show the revisions of a Function and what changed in each')
    .description(
      'Lists the revisions that a Function can go back to with "kubectl rollout undo --to-revision", oldest first, each with ' +
        'the files that changed and the packages that moved. Read rights in the namespace are enough.',
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  kubectl buildless history hello -n shop
  kubectl buildless history deployment/hello -o json

Exit status: 0 done; 2 no cluster, or no such Function.`,
    )
    .action(async (name: string, options: HistoryOptions) => {
      const { showHistory } = await import('../actions/history.ts');
      process.exitCode = await showHistory(name, options);
    });
}

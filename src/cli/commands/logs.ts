import { InvalidArgumentError, Option, type Command } from 'commander';
import { duration } from '../duration.ts';
import { looksAtFunctions } from './status.ts';
import type { LogsOptions } from '../options/logs.ts';

/** `buildless logs`. */
export function addLogs(program: Command): void {
  looksAtFunctions(program.command('logs'))
    .argument('<name>', 'name of the Function')
    .summary('print the logs of all replicas of a Function, with their revision')
    .description(
      'Prints what all Pods of a Function log, in the order of time, each line with the Pod and the revision that it runs. With ' +
        '--follow it goes on: new Pods of a rollout join, those that end leave. On a terminal the lines of the server are ' +
        'for people; in a pipe they stay as they are. It needs the rights to list, watch and read the logs of Pods.',
    )
    .option('-f, --follow', 'go on with what is logged from now on')
    .option('--tail <lines>', 'of each Pod, at the beginning; -1 for all', lines, 100)
    .option('--since <duration>', 'only what is newer, such as 90s, 15m or 24h', duration)
    .option('-c, --container <name>', "another container than the Function's, such as buildless-prepare")
    .addOption(new Option('-o, --output <form>', 'form of the output').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `
Examples:
  kubectl buildless logs orders -n shop -f
  buildless logs orders --tail -1 --since 1h -o json | jq 'select(.entry.level == "error")'
  buildless logs orders -c buildless-install

Exit status: 0 done; 2 no cluster, no such Function, or its Pods may not be read.`,
    )
    .action(async (name: string, options: LogsOptions) => {
      const { showLogs } = await import('../actions/logs.ts');
      process.exitCode = await showLogs(name, options);
    });
}

function lines(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < -1)
    throw new InvalidArgumentError('Expected a number of lines, or -1 for all.');
  return number;
}

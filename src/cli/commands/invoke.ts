import { InvalidArgumentError, type Command } from 'commander';
import { PLUGIN_NAME } from '../plugin.ts';
import { port } from '../port.ts';
import { looksAtFunctions } from './status.ts';
import type { InvokeOptions } from '../options/invoke.ts';

/** `buildless invoke`. */
export function addInvoke(program: Command): void {
  looksAtFunctions(program.command('invoke'))
    .argument('[name]', 'the Function; not needed if one is running here')
    .summary('send a request or a CloudEvent to a Function')
    .description(
      'Sends a request to a Function that "buildless run" runs on this machine, or, with -n, --context or --kubeconfig, to one ' +
        'of a cluster, through a port-forward to one of its Pods. The body of the answer goes to standard output as it comes. ' +
        'With --type the request is a CloudEvent. In a cluster it needs the right to create pods/portforward.',
    )
    .option('--port <number>', 'port of this machine (default: where "buildless run" serves)', port)
    .option('-X, --method <method>', 'HTTP method (default: GET, or POST if there is data)')
    .option('--path <path>', 'path and query', '/')
    .option('-H, --header <header>', "header, as 'Name: value'; may be given several times", collect, [])
    .option('-d, --data <data>', 'body, or data of the event: a string, @FILE, or - for standard input')
    .option('--type <type>', 'send a CloudEvent of this type')
    .option('--source <source>', 'source of the CloudEvent (default: buildless/invoke)')
    .option('--structured', 'write the CloudEvent into the body as JSON, instead of into headers')
    .option('--sample [kind]', 'send a request of a usual kind; without a kind, list them')
    .option('-i, --include', 'print status and headers before the body')
    .option('-v, --verbose', 'print the request, and status and headers of the answer, to standard error')
    .option('--timeout <seconds>', 'give up after so long', seconds, 180)
    .addHelpText(
      'after',
      `
Examples:
  buildless invoke                                       # GET / of the Function that runs here
  buildless invoke orders --path '/due?limit=5' -i
  buildless invoke -d '{"name":"World"}'
  buildless invoke --type shop.order.received.v1 --source shop/web -d @order.json
  buildless invoke --sample order --structured
  kubectl buildless invoke orders -d @order.json

Exit status: 0 answered with a status below 400; 4 answered with 4xx, 5 with 5xx; 3 not reached: nothing runs, no Pod is ready, no
answer in time; 2 wrong input.`,
    )
    .action(async (name: string | undefined, options: Omit<InvokeOptions, 'asPlugin'>) => {
      const { invoke } = await import('../actions/invoke.ts');
      process.exitCode = await invoke(name, { ...options, asPlugin: program.name() === PLUGIN_NAME });
    });
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

function seconds(value: string): number {
  const number = Number(value);
  if (!(number > 0) || number > 86_400) throw new InvalidArgumentError('Expected a number of seconds up to 86400.');
  return number;
}

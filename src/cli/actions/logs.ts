import { list, text } from '../../kubernetes/fields.ts';
import { isObject } from '../../kubernetes/object.ts';
import { visible } from '../../outcome/finding.ts';
import { readableLines } from '../../run/log-line.ts';
import {
  followLogs,
  loggedPod,
  logsSoFar,
  podsPath,
  selectorOf,
  type LogLine,
  type LogWishes,
} from '../../status/pod-logs.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { listenForStop } from '../stop-signals.ts';
import { coloursFor, printFindings, printNote } from '../terminal.ts';
import { openCluster, type OpenCluster } from './open-cluster.ts';
import { noCluster } from './status.ts';
import type { LogsOptions } from '../options/logs.ts';

/** `buildless logs`. */
export async function showLogs(name: string, options: LogsOptions): Promise<number> {
  const cluster = await openCluster(options);
  if ('problem' in cluster) return noCluster(cluster);
  const stop = listenForStop(
    () => undefined,
    () => process.exit(),
  );
  try {
    const status = await show(name, cluster, options, stop.asked);
    // Ctrl-C is how following ends.
    return options.follow === true ? status : (stop.status() ?? status);
  } finally {
    stop.forget();
    cluster.close();
  }
}

async function show(
  name: string,
  cluster: OpenCluster,
  options: LogsOptions,
  signal: AbortSignal,
): Promise<ExitStatus> {
  const namespace = options.namespace ?? cluster.namespace;
  const wishes: LogWishes = {
    namespace,
    function: name,
    tail: options.tail,
    ...(options.container !== undefined && { container: options.container }),
    ...(options.since !== undefined && { sinceSeconds: options.since }),
  };
  const answer = await cluster.get(podsPath(namespace), { labelSelector: selectorOf(name) });
  if (!answer.ok) {
    const problem = `the Pods of ${name} cannot be listed in namespace ${namespace}: ${answer.message}`;
    printFindings('error', [{ problem, fix: 'ask as a user who may list Pods there' }]);
    return EXIT.wrongInput;
  }
  const pods = list(answer.object, 'items').filter(isObject);
  if (pods.length === 0 && options.follow !== true) {
    const problem = `namespace ${namespace} has no Pods of a Function ${name}`;
    printFindings('error', [{ problem, fix: `buildless status -n ${namespace} lists its Functions` }]);
    return EXIT.wrongInput;
  }
  const print = options.output === 'json' ? printJson : printerOf(pods.map((pod) => text(pod, 'metadata', 'name')));
  if (options.follow === true) {
    if (pods.length === 0) printNote(`namespace ${namespace} has no Pods of a Function ${name} yet; waiting for one`);
    await followLogs(wishes, {
      server: cluster.server,
      onLine: print,
      onNote: (note) => {
        printNote(`-- ${visible(note)}`);
      },
      signal,
    });
    return EXIT.done;
  }
  const logged = pods.map((pod) => loggedPod(pod, options.container));
  try {
    for (const line of await logsSoFar(logged, wishes, cluster.server.lines, signal)) print(line);
  } catch (error) {
    if (signal.aborted) return EXIT.done;
    const reason = error instanceof Error ? error.message : String(error);
    printFindings('error', [
      { problem: `the logs of ${name} cannot be read: ${reason}`, fix: 'ask as a user who may read the logs of Pods' },
    ]);
    return EXIT.wrongInput;
  }
  return EXIT.done;
}

function printJson({ line, ...about }: LogLine): void {
  process.stdout.write(`${JSON.stringify({ ...about, line, ...entryOf(line) })}\n`);
}

/** What a line says, if it is JSON. */
function entryOf(line: string): { readonly entry?: object } {
  if (!line.startsWith('{')) return {};
  try {
    const entry: unknown = JSON.parse(line);
    return isObject(entry) ? { entry } : {};
  } catch {
    return {};
  }
}

const COLOURS = ['cyan', 'yellow', 'green', 'magenta', 'blue'] as const;

/** Lines with the Pod and its revision before them; on a terminal each Pod has a colour, and the lines are for people. */
function printerOf(pods: readonly string[]): (line: LogLine) => void {
  const colours = coloursFor(process.stdout);
  const order = new Map(pods.map((pod, index) => [pod, index]));
  const isTerminal = process.stdout.isTTY;
  return ({ pod, revision, line }) => {
    const index = order.get(pod) ?? order.size;
    order.set(pod, index);
    const colour = COLOURS[index % COLOURS.length] ?? 'cyan';
    const prefix = colours[colour](`${pod} ${revision} |`);
    for (const each of isTerminal ? readableLines(line).map(visible) : [line])
      process.stdout.write(`${prefix} ${each}\n`);
  };
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Message } from '../../invoke/content.ts';
import { messageOf, type Unusable, type Wanted } from '../../invoke/message.ts';
import { SAMPLES, type Sample } from '../../invoke/samples.ts';
import { send, type Way } from '../../invoke/send.ts';
import { nearest } from '../../outcome/nearest.ts';
import { visible } from '../../outcome/finding.ts';
import { announcedRuns } from '../../run/announced.ts';
import { EXIT } from '../exit.ts';
import { coloursFor, printFindings } from '../terminal.ts';
import { podOfFunction } from './pod-of-function.ts';
import type { InvokeOptions } from '../options/invoke.ts';

/** Beside those of every subcommand. */
const INVOKE_EXIT = { unreachable: 3, clientError: 4, serverError: 5 } as const;

interface Target {
  /** As messages call it. */
  readonly title: string;
  readonly way: Way;
  readonly close: () => void;
}

/** `buildless invoke`. */
export async function invoke(name: string | undefined, options: InvokeOptions): Promise<number> {
  if (options.sample === true) {
    for (const [kind, { about }] of Object.entries(SAMPLES)) process.stdout.write(`${kind.padEnd(12)}${about}\n`);
    return EXIT.done;
  }
  const message = await readMessage(options);
  if ('problem' in message) return told(message, EXIT.wrongInput);
  const target = await findTarget(name, options);
  if ('problem' in target) return told(target, target.status);
  try {
    return await call(message, target, options);
  } finally {
    target.close();
  }
}

async function call(message: Message, { title, way }: Target, options: InvokeOptions): Promise<number> {
  const { path, timeout, verbose, include } = options;
  if (verbose === true) printRequest(message, path, title);
  const sent = await send(message, way, {
    path,
    timeoutSeconds: timeout,
    onAnswer: async (answer) => {
      if (include === true) process.stdout.write(`${headOf(answer).join('\n')}\n\n`);
      if (verbose === true)
        process.stderr.write(
          `${headOf(answer)
            .map((line) => `< ${line}`)
            .join('\n')}\n`,
        );
      await print(answer);
    },
  });
  if ('unreachable' in sent) {
    return told(
      { problem: `${title} was not reached: ${visible(sent.unreachable)}`, fix: 'see whether it runs, and its log' },
      INVOKE_EXIT.unreachable,
    );
  }
  const { status } = sent;
  if (status < 400) return EXIT.done;
  if (include !== true)
    process.stderr.write(`${coloursFor(process.stderr).red('error:')} ${title} answered ${status}\n`);
  return status < 500 ? INVOKE_EXIT.clientError : INVOKE_EXIT.serverError;
}

/** The body as it comes; on a terminal the prompt begins on a line of its own. */
async function print(answer: IncomingMessage): Promise<void> {
  let last = 10;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    last = chunk.at(-1) ?? last;
    if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  if (last !== 10 && process.stdout.isTTY) process.stdout.write('\n');
}

function headOf({ httpVersion, statusCode = 0, statusMessage = '', rawHeaders }: IncomingMessage): readonly string[] {
  const lines = [`HTTP/${httpVersion} ${statusCode} ${statusMessage}`.trimEnd()];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index] ?? ''}: ${rawHeaders[index + 1] ?? ''}`);
  return lines.map(visible);
}

function printRequest({ method, headers, body }: Message, path: string, title: string): void {
  const lines = [`${method} ${path} to ${title}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (body !== undefined) lines.push(`(${body.length} bytes)`);
  process.stderr.write(`${lines.map((line) => `> ${visible(line)}`).join('\n')}\n`);
}

function told({ problem, fix }: Unusable, status: number): number {
  printFindings('error', [{ problem, fix }]);
  return status;
}

async function readMessage(options: InvokeOptions): Promise<Message | Unusable> {
  const { sample: kind, path } = options;
  const sample = typeof kind === 'string' && Object.hasOwn(SAMPLES, kind) ? SAMPLES[kind] : undefined;
  if (typeof kind === 'string' && sample === undefined) {
    const near = nearest(kind, Object.keys(SAMPLES));
    const meant = near === undefined ? '' : `did you mean ${near}? `;
    return { problem: `unknown kind of sample "${kind}"`, fix: `${meant}--sample alone lists them` };
  }
  if (!/^\/[\x21-\x7e]*$/.test(path))
    return {
      problem: `the path ${JSON.stringify(path)} cannot be sent`,
      fix: 'begin it with /, and percent-encode what is not ASCII',
    };
  if (
    options.method !== undefined &&
    (!/^[A-Za-z]+$/.test(options.method) || options.method.toUpperCase() === 'CONNECT')
  )
    return {
      problem: `"${options.method}" is not a method that a Function is called with`,
      fix: 'name one such as GET, POST or DELETE',
    };
  const headers = options.header.map((text): readonly [string, string] => {
    const colon = text.indexOf(':');
    return colon === -1 ? [text, '\n'] : [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  });
  const data = await readData(options.data, sample);
  if (data !== undefined && 'problem' in data) return data;
  const event = eventOf(options, sample);
  if (event !== undefined && 'problem' in event) return event;
  const wanted: Wanted = {
    headers: [...(sample?.headers ?? []), ...headers],
    structured: options.structured === true,
    ...((options.method ?? sample?.method) !== undefined && {
      method: (options.method ?? sample?.method ?? '').toUpperCase(),
    }),
    ...(data !== undefined && { data }),
    ...(options.data === undefined && sample !== undefined && { contentType: sample.contentType }),
    ...(event !== undefined && { event }),
  };
  return messageOf(wanted);
}

function eventOf({ type, source, structured }: InvokeOptions, sample: Sample | undefined): Wanted['event'] | Unusable {
  const ofType = type ?? sample?.event?.type;
  if (ofType === undefined) {
    const lonely = source !== undefined ? '--source' : structured === true ? '--structured' : undefined;
    return lonely === undefined
      ? undefined
      : { problem: `${lonely} is for CloudEvents, and the type of one is missing`, fix: 'add --type TYPE' };
  }
  return {
    type: ofType,
    source: source ?? sample?.event?.source ?? 'buildless/invoke',
    id: randomUUID(),
    time: new Date().toISOString(),
  };
}

async function readData(given: string | undefined, sample: Sample | undefined): Promise<Buffer | undefined | Unusable> {
  if (given === undefined) return sample === undefined ? undefined : Buffer.from(sample.data);
  if (given === '-' || given === '@-') return await buffer(process.stdin);
  if (!given.startsWith('@')) return Buffer.from(given);
  try {
    return await readFile(given.slice(1));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const fix =
      code === 'ENOENT' ? 'name a file that exists, as -d @FILE' : 'name a file that may be read, as -d @FILE';
    return { problem: `${given.slice(1)} cannot be read (${code})`, fix };
  }
}

async function findTarget(
  name: string | undefined,
  options: InvokeOptions,
): Promise<Target | (Unusable & { readonly status: number })> {
  const { port, namespace, context, kubeconfig, asPlugin } = options;
  const meansCluster = namespace !== undefined || context !== undefined || kubeconfig !== undefined;
  if (meansCluster || (asPlugin && name !== undefined && port === undefined)) {
    if (port !== undefined)
      return {
        problem: '--port is for this machine',
        fix: 'leave it out, or leave out -n, --context and --kubeconfig',
        status: EXIT.wrongInput,
      };
    if (name === undefined)
      return {
        problem: 'the Function is not named',
        fix: 'name one of the cluster: buildless invoke NAME -n NAMESPACE',
        status: EXIT.wrongInput,
      };
    const found = await podOfFunction(name, options);
    return 'problem' in found
      ? { ...found, status: INVOKE_EXIT.unreachable }
      : { title: found.title, way: { connect: found.connect }, close: found.close };
  }
  const close = (): void => undefined;
  if (port !== undefined) return { title: name ?? `port ${port}`, way: { port }, close };
  const runs = await announcedRuns(process.env);
  const fitting = runs.filter((run) => name === undefined || run.name === name);
  const [first, second] = fitting;
  const listed = runs.map((run) => `${run.name} (port ${run.port})`).join(', ');
  if (first !== undefined && second === undefined) return { title: first.name, way: { port: first.port }, close };
  if (first !== undefined)
    return {
      problem: `several Functions run here: ${listed}`,
      fix: name === undefined ? 'name one, or its --port' : 'name the --port of one',
      status: EXIT.wrongInput,
    };
  return {
    problem:
      name === undefined
        ? 'no Function runs on this machine'
        : `no Function ${name} runs on this machine${listed === '' ? '' : `; there is ${listed}`}`,
    fix: 'start it with buildless run -f FOLDER, or name a cluster with -n or --context',
    status: INVOKE_EXIT.unreachable,
  };
}

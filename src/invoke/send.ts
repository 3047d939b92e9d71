import http, { type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Message } from './content.ts';

/** Where a Function is to be found. */
export type Way =
  | { readonly port: number }
  /** Opens a connection, as a port-forward does. */
  | { readonly connect: () => Promise<Duplex> };

export interface Sending {
  readonly path: string;
  readonly timeoutSeconds: number;
  /** Called with the head of the answer; the body comes as a stream. */
  readonly onAnswer: (answer: IncomingMessage) => Promise<void>;
}

/** @returns the status of the answer, or why there is none */
export async function send(
  message: Message,
  way: Way,
  { path, timeoutSeconds, onAnswer }: Sending,
): Promise<{ readonly status: number } | { readonly unreachable: string }> {
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const socket = 'connect' in way ? await way.connect() : undefined;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = http.request({
        ...('port' in way && { host: '127.0.0.1', port: way.port }),
        ...(socket !== undefined && { createConnection: () => socket }),
        method: message.method,
        path,
        agent: false,
        signal,
      });
      for (const [name, values] of grouped(message.headers)) request.setHeader(name, values);
      if (message.body !== undefined) request.setHeader('content-length', message.body.length);
      request.on('error', reject).on('response', resolve);
      // An error of the connection itself, which the kubelet refused.
      socket?.on('error', reject);
      request.end(message.body);
    });
    await onAnswer(answer);
    return { status: answer.statusCode ?? 0 };
  } catch (error) {
    if (signal.aborted) return { unreachable: `it did not answer within ${timeoutSeconds} s` };
    return { unreachable: error instanceof Error ? error.message : String(error) };
  }
}

function grouped(headers: Message['headers']): ReadonlyMap<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of headers) all.set(name, [...(all.get(name) ?? []), value]);
  return all;
}

import http, { type ClientRequest, type IncomingMessage } from 'node:http';
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

/**
 * A larger body waits for the server to agree to it (RFC 9110, 10.1.1), and goes in pieces of this size: a server that refuses
 * it closes the connection, and its answer would be lost in that.
 */
const PIECE = 64 * 1024;
/** For servers that do not know `Expect`. */
const PATIENCE_MILLISECONDS = 1000;
/** Node.js agrees before anybody has looked at the head; the refusal comes right behind. */
const REFUSAL_MILLISECONDS = 50;

/** @returns the status of the answer, or why there is none */
export async function send(
  message: Message,
  way: Way,
  { path, timeoutSeconds, onAnswer }: Sending,
): Promise<{ readonly status: number } | { readonly unreachable: string }> {
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  let sent: ClientRequest | undefined;
  let socket: Duplex | undefined;
  try {
    socket = 'connect' in way ? await way.connect() : undefined;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = http.request({
        ...('port' in way && { host: '127.0.0.1', port: way.port }),
        // Any agent, even a new one for `false`, would make a connection of its own.
        ...(socket === undefined ? { agent: false } : { createConnection: () => socket }),
        method: message.method,
        path,
        signal,
      });
      for (const [name, values] of grouped(message.headers)) request.setHeader(name, values);
      sent = request;
      if (message.body !== undefined) request.setHeader('content-length', message.body.length);
      request.on('error', reject).on('response', resolve);
      // An error of the connection itself, which the kubelet refused.
      socket?.on('error', reject);
      write(request, message.body);
    });
    await onAnswer(answer);
    return { status: answer.statusCode ?? 0 };
  } catch (error) {
    if (signal.aborted) return { unreachable: `it did not answer within ${timeoutSeconds} s` };
    return { unreachable: error instanceof Error ? error.message : String(error) };
  } finally {
    // The answer may have come before the body was sent.
    sent?.destroy();
    socket?.destroy();
  }
}

function write(request: ClientRequest, body: Buffer | undefined): void {
  if (body === undefined || body.length <= PIECE) {
    request.end(body);
    return;
  }
  let isAnswered = false;
  const send = (at: number): void => {
    if (isAnswered || request.destroyed) return;
    if (at >= body.length) request.end();
    // An answer is read between two pieces.
    else request.write(body.subarray(at, at + PIECE), () => setImmediate(send, at + PIECE));
  };
  let timer = setTimeout(send, PATIENCE_MILLISECONDS, 0);
  request.once('continue', () => {
    clearTimeout(timer);
    timer = setTimeout(send, REFUSAL_MILLISECONDS, 0);
  });
  for (const event of ['response', 'close']) {
    request.once(event, () => {
      isAnswered = true;
      clearTimeout(timer);
    });
  }
  request.setHeader('expect', '100-continue');
  request.flushHeaders();
}

function grouped(headers: Message['headers']): ReadonlyMap<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of headers) all.set(name, [...(all.get(name) ?? []), value]);
  return all;
}

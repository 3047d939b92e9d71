/**
 * Messages of the Debug Adapter Protocol: their frames, and the author's files in the place of the copies that run.
 * https://microsoft.github.io/debug-adapter-protocol/overview#base-protocol
 */
import type { Socket } from 'node:net';
import { isObject } from '../../kubernetes/object.ts';
import type { AuthoredPaths } from '../authored-paths.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface AdapterMessage {
  readonly seq: number;
  readonly type: 'request' | 'response' | 'event';
  readonly command?: string;
  readonly event?: string;
  readonly arguments?: Fields;
  readonly body?: Fields;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
}

const HEADER_END = '\r\n\r\n';
/** A header has one short field; what comes without one is not this protocol. */
const MOST_HEADER_BYTES = 1024;
const MOST_BODY_BYTES = 64 * 1024 * 1024;

/** Calls back with each message that comes; a socket that speaks another protocol is closed. */
export function readMessages(socket: Socket, onMessage: (message: AdapterMessage) => void): void {
  let chunks: Buffer[] = [];
  let size = 0;
  /** Of the message that has begun. */
  let needed = 0;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < needed) return;
    let pending = Buffer.concat(chunks);
    const keep = (until: number): void => {
      chunks = [pending];
      size = pending.length;
      needed = until;
    };
    for (;;) {
      const end = pending.indexOf(HEADER_END);
      const length = Number(/^Content-Length: (\d{1,9})\r?$/im.exec(pending.toString('latin1', 0, end))?.[1]);
      if (end === -1 ? pending.length > MOST_HEADER_BYTES : !(length <= MOST_BODY_BYTES)) {
        socket.destroy();
        return;
      }
      const from = end + HEADER_END.length;
      if (end === -1 || pending.length < from + length) {
        keep(end === -1 ? 0 : from + length);
        return;
      }
      const message = parse(pending.toString('utf8', from, from + length));
      pending = pending.subarray(from + length);
      if (message !== undefined) onMessage(message);
    }
  });
}

export function writeMessage(socket: Socket, message: AdapterMessage): void {
  if (socket.destroyed) return;
  const body = JSON.stringify(message);
  socket.write(`Content-Length: ${Buffer.byteLength(body)}${HEADER_END}${body}`);
}

function parse(text: string): AdapterMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMessage(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isMessage = (value: unknown): value is AdapterMessage =>
  isObject(value) &&
  typeof value.seq === 'number' &&
  (value.type === 'event' || value.type === 'request' || value.type === 'response');

/** What the editor asks, for the program: `path` is that of a source. */
export const forProgram = (message: AdapterMessage, paths: AuthoredPaths): AdapterMessage => ({
  ...message,
  ...(message.arguments !== undefined && {
    arguments: rewriteFields(message.arguments, (name, text) => (name === 'path' ? paths.copyOf(text) : undefined)),
  }),
});

/** What the program tells, for the editor: `path` of sources and modules, and traces as text. */
export const forEditor = (message: AdapterMessage, paths: AuthoredPaths): AdapterMessage => ({
  ...message,
  ...(message.body !== undefined && {
    body: rewriteFields(message.body, (name, text) => {
      if (name === 'path') return paths.ownOf(text);
      return name === 'stackTrace' || name === 'output' ? paths.rewrite(text) : undefined;
    }),
  }),
});

function rewriteFields(fields: Fields, change: (name: string, text: string) => string | undefined): Fields {
  const rewrite = (name: string, value: unknown): unknown => {
    if (Array.isArray(value))
      return value.map((each: unknown) => (isObject(each) ? rewriteFields(each, change) : each));
    if (isObject(value)) return rewriteFields(value, change);
    return typeof value === 'string' ? (change(name, value) ?? value) : value;
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, rewrite(name, value)]));
}

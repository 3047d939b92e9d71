/** Sends bytes as they are, for requests that no client of HTTP would send. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** @returns all that comes back until the server closes the connection */
export function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

/** Requests whose end one server sees in another place than the next one (RFC 9112, 11.2). */
export const AMBIGUOUS: readonly (readonly [name: string, head: readonly string[]])[] = [
  ['two lengths', ['Content-Length: 3', 'Content-Length: 5']],
  ['a length and chunks', ['Content-Length: 3', 'Transfer-Encoding: chunked']],
  ['a length that is not a number', ['Content-Length: +3']],
  ['a folded line', ['X-A: 1', ' Content-Length: 3']],
];

export const ambiguous = (head: readonly string[]): string =>
  [
    'POST / HTTP/1.1',
    'Host: x',
    'Connection: close',
    ...head,
    '',
    '0',
    '',
    'GET /smuggled HTTP/1.1',
    'Host: x',
    '',
    '',
  ].join('\r\n');

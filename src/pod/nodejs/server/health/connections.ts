/** The connections of the health port: each may ask one question, within a time, and none keeps another out. */
import type { Socket } from 'node:net';
import { RequestHead, type RequestLine } from './request.ts';

export interface Answer {
  readonly status: '200 OK' | '400 Bad Request' | '404 Not Found' | '503 Service Unavailable';
  readonly text: string;
}

/** From the connection to its end. The kubelet waits for 1 s unless told otherwise. */
const LIFETIME_MILLISECONDS = 10_000;
/** Beyond them the oldest is closed: whoever holds connections open does not keep the kubelet out. */
const MOST = 256;

export class HealthConnections {
  readonly #open = new Set<Socket>();
  readonly #answer: (request: RequestLine) => Answer;

  constructor(answer: (request: RequestLine) => Answer) {
    this.#answer = answer;
  }

  add(socket: Socket): void {
    const [oldest] = this.#open;
    if (this.#open.size >= MOST) oldest?.destroy();
    this.#open.add(socket);
    const timer = setTimeout(() => socket.destroy(), LIFETIME_MILLISECONDS);
    socket.on('close', () => {
      clearTimeout(timer);
      this.#open.delete(socket);
    });
    // A client that goes away; 'close' follows.
    socket.on('error', () => undefined);
    const head = new RequestHead();
    let answered = false;
    // Goes on after the answer: closing a connection with bytes that are not read could lose the answer.
    socket.on('data', (piece) => {
      if (answered) return;
      const request = head.take(piece);
      if (request === undefined) return;
      answered = true;
      socket.end(messageOf(request, request === 'bad' ? BAD : this.#answer(request)));
    });
  }
}

const BAD: Answer = { status: '400 Bad Request', text: 'expected an HTTP/1 request' };

function messageOf(request: RequestLine | 'bad', { status, text }: Answer): string {
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  const body = request !== 'bad' && request.method === 'HEAD' ? '' : text;
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

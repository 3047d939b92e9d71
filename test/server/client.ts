import http from 'node:http';
import https from 'node:https';
import { connect, type TLSSocket } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface Ask {
  readonly port: number;
  readonly ca: string;
  readonly agent?: https.Agent;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** One request over TLS; without an agent on a connection of its own. */
export function ask({
  port,
  ca,
  agent,
  method = 'POST',
  path = '/mutate',
  headers = { 'content-type': 'application/json' },
  body = '',
}: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      { host: '127.0.0.1', servername: 'localhost', port, ca, agent: agent ?? false, method, path, headers },
      collect(resolve, reject),
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** GET on the plain port. */
export function get(port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port, path, agent: false }, collect(resolve, reject)).on('error', reject);
  });
}

function collect(
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
): (response: http.IncomingMessage) => void {
  return (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: Buffer.concat(chunks).toString('utf8'),
      });
    });
  };
}

/** A connection on which a test writes what no HTTP client would. */
export interface Raw {
  readonly socket: TLSSocket;
  /** All that came, once the server has closed. */
  readonly received: Promise<string>;
}

export function raw(port: number, ca: string): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', servername: 'localhost', port, ca }, () => {
      resolve({ socket, received });
    });
    let text = '';
    const received = new Promise<string>((ended) => {
      socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      socket.on('close', () => {
        ended(text);
      });
    });
    socket.once('error', reject);
    socket.on('error', () => undefined);
  });
}

/**
 * The load generator, a process of its own that bench/admission.ts talks to: opens connections, and on each sends one
 * review after the other, as the API server does over HTTP/1.1 keep-alive. It writes bytes that were prepared before and
 * reads no more of an answer than it must: with an HTTP client it would be the slower side.
 */
import { connect, type TLSSocket } from 'node:tls';
import { quantile } from '../measure/statistics.ts';
import { podReview, TEMPLATE_HASH } from './review.ts';

export interface Target {
  readonly port: number;
  readonly path: string;
  /** PEM. */
  readonly ca: string;
  readonly connections: number;
  readonly manyTemplates?: boolean;
}

export type Command =
  | { readonly kind: 'open'; readonly target: Target }
  | { readonly kind: 'run'; readonly milliseconds: number }
  | { readonly kind: 'close' };

export interface RunResult {
  readonly reviews: number;
  readonly milliseconds: number;
  readonly p50: number;
  readonly p99: number;
}

export type Reply =
  { readonly kind: 'done'; readonly result?: RunResult } | { readonly kind: 'failed'; readonly reason: string };

const UID = '00000000-0000-4000-8000-000000000000';
let connections: readonly Connection[] = [];
let sent = 0;

class Connection {
  readonly #socket: TLSSocket;
  readonly #request: Buffer;
  readonly #uidAt: number;
  /** Where the template's hash stands that is another one each time. */
  readonly #hashAt: number | undefined;
  #received: Buffer = Buffer.alloc(0);
  #answered: ((problem?: string) => void) | undefined;

  constructor(socket: TLSSocket, path: string, manyTemplates: boolean) {
    this.#socket = socket;
    const body = podReview(UID);
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    this.#request = Buffer.from(head + body);
    this.#uidAt = this.#request.indexOf(UID) + 24;
    this.#hashAt = manyTemplates ? this.#request.indexOf(`"pod-template-hash":"${TEMPLATE_HASH}"`) + 21 : undefined;
    socket.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    socket.on('close', () => this.#answered?.('the server closed the connection'));
    socket.on('error', (error: Error) => this.#answered?.(error.message));
  }

  /** One review after the other until the time is over; adds each one's milliseconds. */
  run(until: number, latencies: number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      let started = 0;
      const next = (): void => {
        started = performance.now();
        sent += 1;
        this.#request.write(sent.toString(16).padStart(12, '0'), this.#uidAt, 'latin1');
        if (this.#hashAt !== undefined)
          this.#request.write(sent.toString(16).padStart(TEMPLATE_HASH.length, '0'), this.#hashAt, 'latin1');
        this.#socket.write(this.#request);
      };
      this.#answered = (problem) => {
        const now = performance.now();
        if (problem !== undefined) {
          reject(new Error(problem));
          return;
        }
        latencies.push(now - started);
        if (now < until) next();
        else resolve();
      };
      next();
    });
  }

  close(): void {
    this.#answered = undefined;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = this.#received.toString('latin1', 0, end);
    const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
    if (length === undefined) {
      this.#answered?.(`an answer without a length: ${head}`);
      return;
    }
    const whole = end + 4 + Number(length);
    if (this.#received.length < whole) return;
    const good = head.startsWith('HTTP/1.1 200') && this.#received.includes('"allowed":true', end);
    const problem = good ? undefined : this.#received.toString('utf8', 0, 1000);
    this.#received = this.#received.subarray(whole);
    this.#answered?.(problem);
  }
}

async function open({ port, path, ca, connections: count, manyTemplates = false }: Target): Promise<void> {
  const one = (): Promise<Connection> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', servername: 'localhost', port, ca, ALPNProtocols: ['http/1.1'] });
      socket.setNoDelay(true);
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket, path, manyTemplates));
      });
    });
  connections = await Promise.all(Array.from({ length: count }, one));
}

async function run(milliseconds: number): Promise<RunResult> {
  const latencies: number[] = [];
  const started = performance.now();
  await Promise.all(connections.map((connection) => connection.run(started + milliseconds, latencies)));
  return {
    reviews: latencies.length,
    milliseconds: performance.now() - started,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

async function obey(command: Command): Promise<Reply> {
  switch (command.kind) {
    case 'open':
      await open(command.target);
      return { kind: 'done' };
    case 'run':
      return { kind: 'done', result: await run(command.milliseconds) };
    case 'close':
      for (const connection of connections) connection.close();
      connections = [];
      return { kind: 'done' };
  }
}

process.on('message', (command: Command) => {
  obey(command)
    .catch((error: unknown): Reply => ({ kind: 'failed', reason: error instanceof Error ? error.message : 'unknown' }))
    .then((reply) => process.send?.(reply))
    .catch(() => process.exit(1));
});
process.on('disconnect', () => process.exit(0));

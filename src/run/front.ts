/**
 * Owns the Function's port and hands each request to the version that serves. A port that changes hands is closed for a
 * moment, and a connection that a client keeps would go on to the old version; here neither is to be noticed: clients keep
 * their connections, and requests that come while no version is up wait for the next.
 */
import { once } from 'node:events';
import {
  createServer,
  request as forward,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';

/** Longer than the minute for which proxies keep theirs, as the Function's own server has it. */
const KEEP_ALIVE_MILLISECONDS = 65_000;
/** The Function's server refuses what is too large. */
const MOST_HEADER_BYTES = 262_144;
const LOOPBACK = '127.0.0.1';
/** Of one connection, not of the request (RFC 9110, 7.6.1). */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade']);

/** A version that takes requests. */
interface Target {
  readonly port: number;
  /** Requests that it has not answered yet. */
  running: number;
  whenIdle?: () => void;
}

type State =
  | { readonly kind: 'starting' }
  | { readonly kind: 'up'; readonly target: Target }
  | { readonly kind: 'down'; why: string };

export class Front {
  readonly #server: Server;
  readonly port: number;
  #state: State = { kind: 'starting' };
  #waiting: (() => void)[] = [];

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    const take = (request: IncomingMessage, response: ServerResponse): void => void this.#take(request, response);
    server.on('request', take);
    // The answer to it is the Function's as well.
    server.on('checkContinue', take);
  }

  /**
   * @param wanted 0 for any that is free
   * @returns undefined if the port is taken, or not this user's to take
   */
  static async open(wanted: number): Promise<Front | undefined> {
    const server = createServer({
      keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
      requestTimeout: 0,
      maxHeaderSize: MOST_HEADER_BYTES,
      requireHostHeader: false,
    });
    try {
      server.listen(wanted);
      await once(server, 'listening');
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EADDRINUSE' || code === 'EACCES') return undefined;
      throw error;
    }
    const address = server.address();
    return new Front(server, typeof address === 'object' && address !== null ? address.port : wanted);
  }

  /**
   * From now on requests go to the version that listens on this port of the loopback.
   *
   * @returns when the one before has answered what it was given
   */
  async switchTo(port: number): Promise<void> {
    const before = this.#state;
    this.#enter({ kind: 'up', target: { port, running: 0 } });
    if (before.kind !== 'up' || before.target.running === 0) return;
    await new Promise<void>((resolve) => {
      before.target.whenIdle = resolve;
    });
  }

  /** Lets requests wait for the next version. */
  hold(): void {
    this.#enter({ kind: 'starting' });
  }

  /** Requests are answered with 503 and the reason, until there is a version. */
  down(why: string): void {
    this.#enter({ kind: 'down', why });
  }

  #enter(state: State): void {
    this.#state = state;
    if (state.kind === 'starting') return;
    for (const go of this.#waiting.splice(0)) go();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    while (this.#state.kind === 'starting') {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (response.destroyed) return;
    if (this.#state.kind === 'down') {
      answerText(response, 503, this.#state.why);
      return;
    }
    const { target } = this.#state;
    target.running += 1;
    response.once('close', () => {
      target.running -= 1;
      if (target.running === 0) target.whenIdle?.();
    });
    try {
      pass(request, response, target.port);
    } catch (error) {
      // What Node reads and does not write: a control character in a header.
      answerText(response, 400, `the request cannot be passed on (${error instanceof Error ? error.message : ''})`);
    }
  }

  async close(): Promise<void> {
    this.down('it is ending');
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Passes a request on, and its answer back, as they come. */
function pass(request: IncomingMessage, response: ServerResponse, port: number): void {
  const upstream = forward({
    host: LOOPBACK,
    port,
    method: request.method,
    path: request.url,
    agent: false,
    setHost: false,
    maxHeaderSize: MOST_HEADER_BYTES,
  });
  for (const [name, values] of grouped(request.rawHeaders)) upstream.setHeader(name, values);
  // A request without either has no body, whatever its method.
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined) upstream.removeHeader('content-length');
  if (encoding === undefined) upstream.removeHeader('transfer-encoding');

  response.on('close', () => {
    if (!response.writableFinished) upstream.destroy();
  });
  upstream.on('continue', () => {
    response.writeContinue();
  });
  upstream.on('response', (answer) => {
    passBack(answer, response, upstream);
  });
  upstream.on('error', (error) => {
    if (response.headersSent || response.destroyed) response.destroy();
    else answerText(response, 502, `it closed the connection without an answer (${error.message})`);
  });
  // With `Expect: 100-continue` the body waits for an answer to the head.
  upstream.flushHeaders();
  request.pipe(upstream);
}

function passBack(answer: IncomingMessage, response: ServerResponse, upstream: ClientRequest): void {
  const reset = (): void => void response.destroy();
  upstream.removeAllListeners('error').on('error', reset);
  answer.on('error', reset);
  response.sendDate = false;
  for (const [name, values] of grouped(answer.rawHeaders)) response.setHeader(name, values);
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage);
  // The head of a stream comes before its first part.
  response.flushHeaders();
  answer.pipe(response, { end: false });
  answer.on('end', () => {
    response.addTrailers(answer.trailers);
    response.end();
  });
}

/** Names as they were written, with all their values, without those of the connection. */
function grouped(raw: readonly string[]): ReadonlyMap<string, string[]> {
  const headers = new Map<string, string[]>();
  const names = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [written = '', value = ''] = raw.slice(index, index + 2);
    const name = names.get(written.toLowerCase()) ?? written;
    if (OF_CONNECTION.has(name.toLowerCase())) continue;
    names.set(written.toLowerCase(), name);
    headers.set(name, [...(headers.get(name) ?? []), value]);
  }
  return headers;
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1' });
  response.end(`buildless run: ${text}\n`);
}

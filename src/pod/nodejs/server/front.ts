/** The part of the server that every API of handlers shares: health, metrics, CORS, and what the one who stops it asks. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { allowOrigin, answerPreflight } from './cors.ts';
import { note } from './journal.ts';
import { FunctionRequest, FunctionResponse } from './messages.ts';
import type { Metrics } from './metrics.ts';
import { now } from './originals.ts';
import type { Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';

/**
 * How long an idle connection is kept. Longer than the minute for which proxies and load balancers keep theirs: who
 * closes first must be the side that sends requests.
 */
const KEEP_ALIVE_MILLISECONDS = 65_000;

const OPTIONS = {
  keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
  IncomingMessage: FunctionRequest,
  ServerResponse: FunctionResponse,
};

/** What the server tells the one who stops it. */
export interface FunctionServer {
  readonly http: Server<typeof FunctionRequest, typeof FunctionResponse>;
  /** Requests that are not answered yet. */
  running(): number;
  /** Whether a connection is open that no request came on yet. */
  hasFreshConnections(): boolean;
  /** When the last request came, by the clock of `originals.ts`. */
  lastRequest(): number;
  /** From now on not ready, and each answer closes its connection. */
  beginToStop(whenIdle: () => void): void;
}

/** A request that is on its way to the handler. */
export interface Turn {
  /** The response is closed: answered, or the client is gone. */
  close(): void;
}

export interface FrontOptions {
  readonly settings: Settings;
  readonly metrics: Metrics;
  /** The server's own path that a GET or HEAD asks for; undefined for the handler's. */
  readonly ownPath: (path: string) => OwnPath | undefined;
  /** Hands a request to the handler. */
  readonly begin: (req: FunctionRequest, res: FunctionResponse) => Turn;
}

export type OwnPath = '/healthz' | '/metrics' | '/favicon.ico';
const OWN_PATHS: ReadonlySet<string> = new Set<OwnPath>(['/healthz', '/metrics', '/favicon.ico']);
export const isOwnPath = (path: string): path is OwnPath => OWN_PATHS.has(path);

export function createFront({ settings, metrics, ownPath, begin }: FrontOptions): FunctionServer {
  const running = new Set<ServerResponse>();
  const fresh = new Set<Socket>();
  let lastRequest = -Infinity;
  let whenIdle: (() => void) | undefined;

  /** Answers a request that is the server's. */
  function answerOwn(path: OwnPath, res: ServerResponse): void {
    if (path === '/favicon.ico') {
      res.statusCode = 204;
      res.end();
    } else if (path === '/healthz') {
      answerText(res, whenIdle === undefined ? 200 : 503, whenIdle === undefined ? 'OK' : 'stopping');
    } else answerMetrics(res);
  }

  function answerMetrics(res: ServerResponse): void {
    try {
      const page = metrics.page();
      res.setHeader('Content-Type', metrics.contentType);
      res.end(page);
    } catch (error) {
      // A handler may have replaced a method of arrays.
      note('error', 'the metrics could not be collected', { error });
      answerText(res, 500, 'Internal server error');
    }
  }

  const http = createServer(OPTIONS, (req, res) => {
    let turn: Turn | undefined;
    running.add(res);
    fresh.delete(req.socket);
    // One listener for all that has to know: this happens for each request.
    res.on('close', () => {
      running.delete(res);
      turn?.close();
      if (running.size === 0) whenIdle?.();
    });
    if (whenIdle !== undefined) res.shouldKeepAlive = false;
    const own = req.method === 'GET' || req.method === 'HEAD' ? ownPath(pathOf(req)) : undefined;
    if (own !== undefined) {
      answerOwn(own, res);
      return;
    }
    lastRequest = now();
    if (req.method === 'OPTIONS' && settings.corsOrigin !== '') answerPreflight(req, res, settings.corsOrigin);
    else turn = begin(req, res);
  });

  http.on('connection', (socket) => {
    fresh.add(socket);
    socket.once('close', () => fresh.delete(socket));
  });

  return {
    http,
    running: () => running.size,
    hasFreshConnections: () => fresh.size > 0,
    lastRequest: () => lastRequest,
    beginToStop(idle) {
      whenIdle = idle;
      for (const res of running) if (!res.headersSent) res.shouldKeepAlive = false;
    },
  };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** Answers a request that never reaches the handler. */
export function refuse(res: ServerResponse, { status, reason }: Refusal, corsOrigin: string): void {
  allowOrigin(res, corsOrigin);
  answerText(res, status, reason);
}

/** Answers in place of a handler that has failed: what it has set for its own answer goes. */
export function answerInstead(res: ServerResponse, status: number, text: string, corsOrigin: string): void {
  for (const name of res.getHeaderNames()) {
    // A browser that may not read the answer shows its user nothing at all.
    if (!name.startsWith('access-control-')) res.removeHeader(name);
  }
  allowOrigin(res, corsOrigin);
  answerText(res, status, text);
}

/** A short answer in plain text. */
export function answerText(res: ServerResponse, status: number, text: string): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}

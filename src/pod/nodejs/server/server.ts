/** Answers a request: health, metrics and CORS by itself, everything else by the handler. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { hasBody, readBody, type Body } from './body.ts';
import { answerText, Call, type Served } from './call.ts';
import { emptyContent, isMultipart, parseContent, readContentType } from './content.ts';
import { allowOrigin, answerPreflight } from './cors.ts';
import { Deadlines } from './deadlines.ts';
import { NOTHING, type Input } from './event.ts';
import { note } from './journal.ts';
import { FunctionRequest, FunctionResponse } from './messages.ts';
import { now } from './originals.ts';
import { Refusal } from './refusal.ts';
import { bytesOf } from './settings.ts';

/**
 * How long an idle connection is kept. Longer than the minute for which proxies and load balancers keep theirs: who
 * closes first must be the side that sends requests.
 */
const KEEP_ALIVE_MILLISECONDS = 65_000;

/** What the server tells the one who stops it. */
export interface FunctionServer {
  readonly http: Server<typeof FunctionRequest, typeof FunctionResponse>;
  /** Requests that are not answered yet. */
  running(): number;
  /** When the last request came, by the clock of `originals.ts`. */
  lastRequest(): number;
  /** From now on not ready, and each answer closes its connection. */
  beginToStop(whenIdle: () => void): void;
}

export function createFunctionServer(served: Served): FunctionServer {
  const { settings, metrics } = served;
  const limit = bytesOf(settings.bodyLimit);
  const deadlines = new Deadlines(settings.timeout * 1000);
  const running = new Set<ServerResponse>();
  let lastRequest = -Infinity;
  let whenIdle: (() => void) | undefined;

  /** Answers a request that is the server's. */
  function answerOwn(path: string, res: ServerResponse): void {
    if (path === '/favicon.ico') {
      res.statusCode = 204;
      res.end();
    } else if (path === '/healthz') {
      answerText(res, whenIdle === undefined ? 200 : 503, whenIdle === undefined ? 'OK' : 'stopping');
    } else {
      answerMetrics(res).catch((error: unknown) => {
        note('error', 'the metrics could not be collected', { error });
        answerText(res, 500, 'Internal server error');
      });
    }
  }

  async function answerMetrics(res: ServerResponse): Promise<void> {
    const page = await metrics.page();
    res.setHeader('Content-Type', metrics.contentType);
    res.end(page);
  }

  function refuse(res: ServerResponse, { status, reason }: Refusal): void {
    allowOrigin(res, settings.corsOrigin);
    answerText(res, status, reason);
  }

  const options = {
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    IncomingMessage: FunctionRequest,
    ServerResponse: FunctionResponse,
  };
  const http = createServer(options, (req, res) => {
    let call: Call | undefined;
    running.add(res);
    // One listener for all that has to know: this happens for each request.
    res.on('close', () => {
      running.delete(res);
      call?.close();
      if (running.size === 0) whenIdle?.();
    });
    if (whenIdle !== undefined) res.shouldKeepAlive = false;
    const { method, url = '/' } = req;
    const path = ownPath(method, url);
    if (path !== undefined) {
      answerOwn(path, res);
      return;
    }
    lastRequest = now();
    if (method === 'OPTIONS' && settings.corsOrigin !== '') {
      answerPreflight(req, res, settings.corsOrigin);
      return;
    }
    const answer = (input: Input | Refusal): void => {
      if (input instanceof Refusal) {
        refuse(res, input);
        return;
      }
      call = new Call(req, res, served, deadlines);
      call.run(input);
    };
    if (!hasBody(req) && !mayBeEvent(req)) {
      answer(saysEmpty(req) ? emptyInput(req) : NOTHING);
      return;
    }
    readInput(req, res, limit, answer, (error) => {
      note('error', 'the request could not be read', { error });
      if (!res.headersSent) refuse(res, new Refusal(500, 'Internal server error'));
    });
  });

  return {
    http,
    running: () => running.size,
    lastRequest: () => lastRequest,
    beginToStop(idle) {
      whenIdle = idle;
      for (const res of running) if (!res.headersSent) res.shouldKeepAlive = false;
    },
  };
}

const OWN_PATHS = new Set(['/healthz', '/metrics', '/favicon.ico']);

function ownPath(method: string | undefined, url: string): string | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  return OWN_PATHS.has(path) ? path : undefined;
}

/**
 * What is in a request, parsed.
 *
 * @param done is never called where the client goes away in the middle of its request
 */
function readInput(
  req: FunctionRequest,
  res: ServerResponse,
  limit: number,
  done: (input: Input | Refusal) => void,
  failed: (error: unknown) => void,
): void {
  const content = readContentType(req.headers['content-type']);
  const take = (body: Body | Refusal): void => {
    if (body instanceof Refusal) {
      done(body);
      return;
    }
    if (body !== undefined && 'bytes' in body && isMultipart(content.type)) {
      done({ data: undefined, body: body.bytes });
      return;
    }
    const parsed =
      body === undefined ? emptyContent(content) : 'form' in body ? body.form : parseContent(body.bytes, content);
    if (parsed instanceof Refusal) done(parsed);
    else if (mayBeEvent(req)) readEvent(req, parsed).then(done).catch(failed);
    else done({ data: parsed, body: parsed });
  };
  readBody(req, res, content, limit, (body) => {
    try {
      take(body);
    } catch (error) {
      failed(error);
    }
  });
}

/** Whether a request says that its body is empty, instead of nothing. */
const saysEmpty = ({ headers }: IncomingMessage): boolean => headers['content-length'] === '0';

function emptyInput(req: IncomingMessage): Input {
  const data = emptyContent(readContentType(req.headers['content-type']));
  return { data, body: data };
}

const STRUCTURED = /^\s*application\/cloudevents(?:\+json)?\s*(?:;|$)/i;
const BATCH = /^\s*application\/cloudevents-batch(?:\+json)?\s*(?:;|$)/i;

/** What Kyma takes for a CloudEvent, and what the specification does. */
const isBinaryEvent = ({ headers }: IncomingMessage): boolean =>
  headers['ce-specversion'] !== undefined || (headers['ce-type'] !== undefined && headers['ce-source'] !== undefined);

const mayBeEvent = (req: IncomingMessage): boolean =>
  isBinaryEvent(req) || (req.headers['content-type'] ?? '').toLowerCase().includes('application/cloudevents');

/** The input of a request whose body has been parsed by its content type. */
async function readEvent(req: IncomingMessage, body: unknown): Promise<Input | Refusal> {
  const type = req.headers['content-type'] ?? '';
  const batch = BATCH.test(type);
  const structured = !batch && STRUCTURED.test(type);
  if (!batch && !structured && !isBinaryEvent(req)) return { data: body, body };
  const { readBatch, readBinary, readStructured } = await import('./cloud-event.ts');
  if (batch) {
    const data = readBatch(body);
    return data instanceof Refusal ? data : { data, body };
  }
  const event = structured ? readStructured(body) : readBinary(req.headers, body);
  return event instanceof Refusal ? event : { data: event.data, body, attributes: event.attributes };
}

/**
 * Passes the trace on in the requests that a handler makes, with a span for each: through `http` and `https` (and what
 * is built on them, such as axios), and through `fetch`.
 */
import { context, propagation, SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { subscribe } from 'node:diagnostics_channel';
import { errorMonitor } from 'node:events';
import http, { ClientRequest } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { isJsonObject } from '../../../../json/object.ts';
import { isBun } from '../engine.ts';

export function traceOutgoing(tracer: Tracer): void {
  const spans = new WeakMap<object, Span>();
  wrap(http, tracer, spans);
  wrap(https, tracer, spans);
  // For those who import names of an ES module.
  syncBuiltinESMExports();
  // A listener for "response" would take the answer from Node, which discards the one that nobody listens for.
  subscribe('http.client.response.finish', onHeaders);
  if (isBun) traceFetchOfBun(tracer);
  else traceFetch(tracer, spans);
  subscribe('undici:request:headers', onHeaders);

  function onHeaders(message: unknown): void {
    const span = spanIn(message, spans);
    const status = statusIn(message);
    if (span !== undefined && status !== undefined) answered(span, status);
  }
}

interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly host: string;
}

/** A span of a request, as part of the active one; undefined outside of calls and for the export of spans itself. */
function begin(
  tracer: Tracer,
  { method, url, host }: Outgoing,
  setHeader: (name: string, value: string) => void,
): Span | undefined {
  const active = context.active();
  if (trace.getSpan(active) === undefined || isTracingSuppressed(active)) return undefined;
  const attributes = { 'http.request.method': method, 'url.full': withoutSecrets(url), 'server.address': host };
  const span = tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, active);
  propagation.inject(trace.setSpan(active, span), undefined, {
    set: (_carrier, name, value) => {
      setHeader(name, value);
    },
  });
  return span;
}

/** Credentials and the query may hold secrets. */
function withoutSecrets(url: string): string {
  const [cut = ''] = url.split('?', 1);
  return cut.replace(/^(https?:\/\/)[^/@]*@/, '$1');
}

function answered(span: Span, status: number): void {
  span.setAttribute('http.response.status_code', status);
  if (status < 400) return;
  span.setAttribute('error.type', String(status));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function failed(span: Span, error: unknown): void {
  const cause = error instanceof Error ? error : new Error(String(error));
  span.recordException(cause);
  span.setStatus({ code: SpanStatusCode.ERROR, message: cause.message });
}

function wrap(module: typeof http | typeof https, tracer: Tracer, spans: WeakMap<object, Span>): void {
  module.request = new Proxy(module.request, {
    apply(target, self, given: unknown[]) {
      const request: unknown = Reflect.apply(target, self, given);
      if (request instanceof ClientRequest) traceRequest(request, tracer, spans);
      return request;
    },
  });
  // Its own would call its own `request`, and send the headers before ours are there.
  module.get = new Proxy(module.get, {
    apply(_target, self, given: unknown[]) {
      const request: unknown = Reflect.apply(module.request, self, given);
      if (request instanceof ClientRequest) request.end();
      return request;
    },
  });
}

function traceRequest(request: ClientRequest, tracer: Tracer, spans: WeakMap<object, Span>): void {
  // Headers that were given as a list are as good as sent.
  if (request.headersSent || request.hasHeader('traceparent')) return;
  const { method, protocol, host, path } = request;
  // With the port, where it is not the usual one.
  const authority = request.getHeader('host');
  const url = `${protocol}//${typeof authority === 'string' ? authority : host}${path}`;
  const span = begin(tracer, { method, url, host }, (name, value) => {
    request.setHeader(name, value);
  });
  if (span === undefined) return;
  spans.set(request, span);
  request.on(errorMonitor, (error) => {
    failed(span, error);
  });
  request.once('close', () => {
    span.end();
  });
}

/** What `fetch` publishes of a request (nodejs.org/api/diagnostics_channel, undici's DiagnosticsChannel.md). */
interface FetchRequest {
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  addHeader(name: string, value: string): unknown;
}

function traceFetch(tracer: Tracer, spans: WeakMap<object, Span>): void {
  subscribe('undici:request:create', (message) => {
    const request = requestIn(message);
    if (!isFetchRequest(request)) return;
    const { method, origin, path } = request;
    const url = `${origin}${path}`;
    const host = URL.canParse(url) ? new URL(url).hostname : '';
    const span = begin(tracer, { method, url, host }, (name, value) => {
      request.addHeader(name, value);
    });
    if (span !== undefined) spans.set(request, span);
  });
  subscribe('undici:request:trailers', (message) => {
    spanIn(message, spans)?.end();
  });
  subscribe('undici:request:error', (message) => {
    const span = spanIn(message, spans);
    if (span === undefined) return;
    failed(span, isJsonObject(message) && 'error' in message ? message.error : undefined);
    span.end();
  });
}

/** Bun's `fetch` publishes nothing, so it is wrapped. */
function traceFetchOfBun(tracer: Tracer): void {
  globalThis.fetch = new Proxy(globalThis.fetch, {
    apply(send, _self, given: Parameters<typeof fetch>): Promise<Response> {
      const request = requestOfFetch(given);
      if (request === undefined || request.headers.has('traceparent')) return send(...given);
      const { method, url, headers } = request;
      const span = begin(tracer, { method, url, host: new URL(url).hostname }, (name, value) => {
        headers.set(name, value);
      });
      if (span === undefined) return send(...given);
      const [input, init] = given;
      const answer = send(input, { ...init, headers });
      void answer.then(
        ({ status }) => {
          answered(span, status);
          span.end();
        },
        (error: unknown) => {
          failed(span, error);
          span.end();
        },
      );
      return answer;
    },
  });
}

/** What `fetch` is asked to send, without its body; undefined for what it refuses. */
function requestOfFetch([input, init]: readonly unknown[]): Pick<Request, 'method' | 'url' | 'headers'> | undefined {
  const options: unknown = isJsonObject(init) ? init : {};
  const { method, headers } = options as Pick<RequestInit, 'method' | 'headers'>;
  try {
    if (input instanceof Request) {
      return { method: method ?? input.method, url: input.url, headers: new Headers(headers ?? input.headers) };
    }
    return { method: (method ?? 'GET').toUpperCase(), url: new URL(String(input)).href, headers: new Headers(headers) };
  } catch {
    return undefined;
  }
}

const requestIn = (message: unknown): unknown =>
  isJsonObject(message) && 'request' in message ? message.request : undefined;

const isFetchRequest = (value: unknown): value is FetchRequest =>
  isJsonObject(value) &&
  'addHeader' in value &&
  typeof value.addHeader === 'function' &&
  ['method', 'origin', 'path'].every((name) => typeof Reflect.get(value, name) === 'string');

function spanIn(message: unknown, spans: WeakMap<object, Span>): Span | undefined {
  const request = requestIn(message);
  return isJsonObject(request) ? spans.get(request) : undefined;
}

function statusIn(message: unknown): number | undefined {
  const response = isJsonObject(message) && 'response' in message ? message.response : undefined;
  const status = isJsonObject(response) && 'statusCode' in response ? response.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

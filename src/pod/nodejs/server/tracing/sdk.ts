/** Exports a span for each call, with OpenTelemetry's SDK. A bundle of its own: only Functions that are traced load it. */
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes, defaultResource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { IncomingMessage } from 'node:http';
import { VERSION } from '../../../../version.ts';
import { note } from '../journal.ts';
import type { Settings } from '../settings.ts';
import { traceOutgoing } from './outgoing.ts';
import { propagatorFrom } from './propagator.ts';
import { TRACER, type CallSpan, type Tracing } from './tracing.ts';

/** How long the end of the process waits for the last spans. */
const LAST_SPANS_MILLISECONDS = 2000;
/** A collector that is down is worth a line now and then. */
const ONE_WARNING_IN_MILLISECONDS = 60_000;

/** @param url where OTLP/HTTP is received */
export function startTracing(settings: Settings, url: string, env: NodeJS.ProcessEnv): Tracing {
  warnRarely(url);
  const provider = new BasicTracerProvider({
    resource: resourceOf(settings),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  // Global, so that a handler's own packages that use the OpenTelemetry API take part.
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(propagatorFrom(env));
  const tracer = provider.getTracer(TRACER, VERSION);
  traceOutgoing(tracer);
  return {
    tracer,
    begin(req) {
      const parent = propagation.extract(ROOT_CONTEXT, req.headers);
      const span = tracer.startSpan(
        req.method ?? '',
        { kind: SpanKind.SERVER, attributes: attributesOf(req, settings) },
        parent,
      );
      return new SdkSpan(span, trace.setSpan(parent, span));
    },
    async shutdown() {
      const limit = new Promise((resolve) => setTimeout(resolve, LAST_SPANS_MILLISECONDS));
      await Promise.race([provider.shutdown().catch(() => undefined), limit]);
    },
  };
}

class SdkSpan implements CallSpan {
  readonly traceId: string;
  readonly #span: Span;
  readonly #context: ReturnType<typeof trace.setSpan>;
  #failed = false;

  constructor(span: Span, active: ReturnType<typeof trace.setSpan>) {
    this.#span = span;
    this.#context = active;
    this.traceId = span.spanContext().traceId;
  }

  run(body: () => void): void {
    context.with(this.#context, body);
  }

  fail(error: unknown): void {
    this.#failed = true;
    const exception = error instanceof Error ? error : String(error);
    this.#span.recordException(exception);
    this.#span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
    this.#span.setStatus({
      code: SpanStatusCode.ERROR,
      message: error instanceof Error ? error.message : exception.toString(),
    });
  }

  end(status: number): void {
    this.#span.setAttribute('http.response.status_code', status);
    // Semantic conventions, HTTP server: 5xx is an error of the server, 4xx is not.
    if (status >= 500 && !this.#failed) {
      this.#span.setAttribute('error.type', String(status));
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#span.end();
  }
}

/** OpenTelemetry's semantic conventions for HTTP servers and for Functions; a query may hold secrets, so it is left out. */
function attributesOf({ method = '', url = '/', headers, httpVersion }: IncomingMessage, { name }: Settings) {
  const query = url.indexOf('?');
  return {
    'http.request.method': method,
    'url.path': query === -1 ? url : url.slice(0, query),
    'url.scheme': 'http',
    'network.protocol.version': httpVersion,
    ...(headers.host !== undefined && { 'server.address': headers.host.replace(/:\d+$/, '') }),
    ...(headers['user-agent'] !== undefined && { 'user_agent.original': headers['user-agent'] }),
    ...(name !== undefined && { 'faas.name': name }),
    'faas.trigger': 'http',
  };
}

function resourceOf({ name, namespace }: Settings) {
  const own = resourceFromAttributes({
    ...(name !== undefined && { 'service.name': name }),
    ...(namespace !== undefined && { 'k8s.namespace.name': namespace }),
  });
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}

function warnRarely(url: string): void {
  let next = 0;
  setGlobalErrorHandler((error) => {
    const now = performance.now();
    if (now < next) return;
    next = now + ONE_WARNING_IN_MILLISECONDS;
    const reason = error instanceof Error ? error.message : typeof error === 'string' ? error : '';
    note('warn', `spans could not be sent to ${url}: ${reason}`.replace(/: $/, ''));
  });
}

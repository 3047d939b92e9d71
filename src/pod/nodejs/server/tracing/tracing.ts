/** What the server asks of tracing. Its implementation (sdk.ts) is loaded only where spans are exported. */
import type { Tracer } from '@opentelemetry/api';
import type { IncomingMessage } from 'node:http';

/** Kyma's name of the tracer. */
export const TRACER = 'io.kyma-project.serverless';

export interface Tracing {
  readonly tracer: Tracer;
  /** Begins the span of a call, as a part of the trace that the request names. */
  begin(req: IncomingMessage): CallSpan;
  /** Sends what is left, for a limited time; never rejects. */
  shutdown(): Promise<void>;
}

/** The span of one call. */
export interface CallSpan {
  readonly traceId: string;
  /** Runs code in which the span is the active one. */
  run(body: () => void): void;
  /** What the call failed of. */
  fail(error: unknown): void;
  end(status: number): void;
}

let noTracer: Tracer | undefined;

/** A tracer for the handler where no spans are exported: it does nothing, unless the handler brings an SDK of its own. */
export function idleTracer(): Tracer {
  if (noTracer === undefined) {
    // Run by the bundler when it is first asked for (see express-view.ts).
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const api: unknown = require('@opentelemetry/api');
    if (!isApi(api)) throw new Error('the bundled OpenTelemetry API is not itself');
    noTracer = api.trace.getTracer(TRACER);
  }
  return noTracer;
}

const isApi = (value: unknown): value is { trace: { getTracer(name: string): Tracer } } =>
  typeof value === 'object' &&
  value !== null &&
  'trace' in value &&
  typeof value.trace === 'object' &&
  value.trace !== null &&
  'getTracer' in value.trace &&
  typeof value.trace.getTracer === 'function';

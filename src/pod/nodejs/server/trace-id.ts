import type { IncomingMessage } from 'node:http';

/** Trace id of a request (W3C Trace Context, 3.2.2; B3's header of its own). */
export function traceIdOf({ headers: { traceparent, 'x-b3-traceid': b3 } }: IncomingMessage): string | undefined {
  if (typeof traceparent === 'string') return /^[\da-f]{2}-([\da-f]{32})-/.exec(traceparent)?.[1];
  return typeof b3 === 'string' && /^[\da-f]{16,32}$/i.test(b3) ? b3 : undefined;
}

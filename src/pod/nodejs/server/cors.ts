/** Cross-origin requests, as Kyma's Functions answer them: everybody may, unless the configuration says otherwise. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';

/** Sets the configured origin, unless the handler has set its own; it may do so afterwards as well. */
export function allowOrigin(res: ServerResponse, origin: string): void {
  if (origin !== '' && !res.hasHeader(ALLOW_ORIGIN)) res.setHeader(ALLOW_ORIGIN, origin);
}

/** Answers OPTIONS: what is asked for is allowed. Where CORS is off this is not called, and the handler answers. */
export function answerPreflight(req: IncomingMessage, res: ServerResponse, origin: string): void {
  allowOrigin(res, origin);
  const { 'access-control-request-method': method, 'access-control-request-headers': names } = req.headers;
  if (method !== undefined) res.setHeader('Access-Control-Allow-Methods', method);
  if (names !== undefined) res.setHeader('Access-Control-Allow-Headers', names);
  res.end();
}

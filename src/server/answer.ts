import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** How long, and how much more, a client may send after it was told that its request is refused. */
const PATIENCE_MILLISECONDS = 5000;
const PATIENCE_BYTES = 64 * 1024 * 1024;

/** Answers with JSON in one write; a string for a body goes out in the same TLS record as the headers. */
export function answerJson(
  response: ServerResponse,
  status: number,
  text: string,
  close: boolean,
  headers?: OutgoingHttpHeaders,
): void {
  response.writeHead(status, jsonHeaders(text, close, headers)).end(text);
}

/** What a request is answered with that is not answered as a review. */
export const problemText = (problem: string): string => JSON.stringify({ error: problem });

/**
 * Answers a request whose body is not wanted, and closes the connection, but not before the client has sent the body or
 * the patience is at its end: a connection that is closed while the client still writes is reset, and takes the answer
 * with it.
 */
export function answerUnread(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, jsonHeaders(text, true));
  if (request.readableEnded) {
    response.end(text);
    return;
  }
  response.write(text);
  let left = PATIENCE_BYTES;
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, PATIENCE_MILLISECONDS);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
  request.once('end', end);
  request.once('close', end);
}

function jsonHeaders(text: string, close: boolean, headers?: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return {
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...(close && { Connection: 'close' }),
  };
}

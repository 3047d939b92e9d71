import type { Server } from 'node:https';
import { Socket } from 'node:net';
import type { Logger } from './logging.ts';

/** Answers to what the HTTP parser does not take; its other errors are 400. */
const STATUS_LINES: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};
/** What OpenSSL calls it when the client does not accept the certificate: it does not trust the issuer, or it expired. */
const REJECTED_CERTIFICATE = /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED)/;
const ONE_WARNING_IN_MILLISECONDS = 60_000;

/**
 * What becomes of a connection whose request is malformed, too slow, or never comes.
 *
 * Node counts `headersTimeout` from the moment that a connection opens. A connection that has sent nothing yet is not
 * slow, though, but spare: the API server's client opens several at once and keeps those that it did not need. Closing
 * them early would lose the review that crosses the closing, so they may wait as long as any idle connection.
 */
export function handleClientErrors(server: Server, logger: Logger, idleTimeoutMilliseconds: number): void {
  let nextWarning = 0;
  const report = (code: string): void => {
    const now = performance.now();
    if (REJECTED_CERTIFICATE.test(code) && now >= nextWarning) {
      nextWarning = now + ONE_WARNING_IN_MILLISECONDS;
      logger.warn(
        { code },
        'a client does not accept the certificate; compare the caBundle of the webhook configurations',
      );
    } else {
      logger.debug({ code }, 'a connection failed');
    }
  };
  // https.Server also brings the errors of TLS here.
  server.on('clientError', (error, socket) => {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket instanceof Socket && socket.bytesRead === 0) {
      socket.setTimeout(idleTimeoutMilliseconds);
      return;
    }
    report(code);
    if (socket.writable && /^(HPE|ERR_HTTP)_/.test(code)) {
      const status = STATUS_LINES[code] ?? '400 Bad Request';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
    } else {
      socket.destroy();
    }
  });
}

import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reviewer } from '../admission/review.ts';
import type { ClientAuthority } from '../certificates/client-authority.ts';
import type { ServedCertificate } from '../certificates/source.ts';
import { WEBHOOK_PATHS as PATHS } from '../installation/names.ts';
import { answerJson, problemText } from './answer.ts';
import { boundConnections, type ConnectionLimits } from './connections.ts';
import { handleClientErrors } from './client-errors.ts';
import { createApp } from './express-app.ts';
import { CONNECTIONS } from './limits.ts';
import { closed, listen } from './listen.ts';
import type { Logger } from './logging.ts';
import type { Metrics, WebhookName } from './metrics.ts';
import { createReviewEndpoint, createTurns } from './review-endpoint.ts';

export interface WebhookOptions {
  readonly reviewers: Readonly<Record<WebhookName, Reviewer>>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Clients that may connect; everybody where it is left out. */
  readonly clients?: ClientAuthority;
  /** In bytes. An object is at most 1.5 MiB in etcd, and an update carries it twice. */
  readonly bodyLimit?: number;
  /** How long a client may take to send a request, from its first byte on. */
  readonly requestTimeoutMilliseconds?: number;
  /** How long a connection may be silent between two requests, or before the first. */
  readonly idleTimeoutMilliseconds?: number;
  readonly connectionLimits?: ConnectionLimits;
}

export interface Webhook {
  /** Presents this certificate on new connections; those that are open stay. To be called before `listen` too. */
  present(certificate: ServedCertificate): void;
  /** @returns the port */
  listen(port: number, address?: string): Promise<number>;
  /** From now on each answer closes its connection, so that clients go elsewhere. */
  drain(): void;
  /** Stops listening and waits until what was asked is answered, then closes what is left. */
  close(graceMilliseconds: number): Promise<void>;
}

const DEFAULT_BODY_LIMIT = 4 * 1024 * 1024;
const REQUEST_TIMEOUT_MILLISECONDS = 10_000;
/**
 * More than the 90 s after which the API server's client closes an idle connection itself (Go, http.DefaultTransport,
 * IdleConnTimeout): whoever closes second may lose a request that crosses the closing.
 */
const IDLE_TIMEOUT_MILLISECONDS = 120_000;
const HANDSHAKE_TIMEOUT_MILLISECONDS = 5_000;

/**
 * The TLS server of `POST /mutate` and `POST /validate`. These two are dispatched before Express, whose routing and body
 * parser cost as much as an injection; everything else is Express'.
 */
export function createWebhook({
  reviewers,
  metrics,
  logger,
  clients,
  bodyLimit = DEFAULT_BODY_LIMIT,
  requestTimeoutMilliseconds = REQUEST_TIMEOUT_MILLISECONDS,
  idleTimeoutMilliseconds = IDLE_TIMEOUT_MILLISECONDS,
  connectionLimits,
}: WebhookOptions): Webhook {
  let draining = false;
  const closing = (): boolean => draining;
  const turns = createTurns();
  const endpoint = (webhook: WebhookName): ReturnType<typeof createReviewEndpoint> =>
    createReviewEndpoint({ webhook, reviewer: reviewers[webhook], bodyLimit, turns, metrics, logger, closing });
  const mutate = endpoint('mutate');
  const validate = endpoint('validate');
  const others = createOthers(logger);

  const dispatch = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method === 'POST') {
      const path = pathOf(request);
      if (path === PATHS.mutate) {
        mutate(request, response);
        return;
      }
      if (path === PATHS.validate) {
        validate(request, response);
        return;
      }
    }
    if (draining) response.setHeader('Connection', 'close');
    others(request, response);
  };

  const server = createServer(
    {
      // The API server's client asks for nothing else: k8s.io/apiserver, pkg/util/webhook/client.go.
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: HANDSHAKE_TIMEOUT_MILLISECONDS,
      headersTimeout: requestTimeoutMilliseconds,
      requestTimeout: requestTimeoutMilliseconds,
      keepAliveTimeout: idleTimeoutMilliseconds,
      requestCert: clients !== undefined,
      rejectUnauthorized: clients !== undefined,
      maxHeaderSize: CONNECTIONS.headerBytes,
      connectionsCheckingInterval: Math.ceil(requestTimeoutMilliseconds / 5),
    },
    dispatch,
  );
  boundConnections(server, { ...CONNECTIONS.tls, ...connectionLimits }, () => {
    metrics.connectionClosed('tls');
  });
  handleClientErrors(server, logger, idleTimeoutMilliseconds);
  if (clients?.names !== undefined) closeToOthers(server, clients.names, logger);

  return {
    present({ cert, key }) {
      // Session tickets are on, as Node has them, with new keys each time: a client that resumes a session is shown no
      // certificate, so it must not resume one from before the change.
      server.setSecureContext({ cert, key, minVersion: 'TLSv1.2', ...(clients && { ca: clients.ca() }) });
    },
    listen: (port, address) => listen(server, port, address),
    drain() {
      draining = true;
    },
    async close(graceMilliseconds) {
      draining = true;
      const giveUp = new AbortController();
      const late = delay(graceMilliseconds, undefined, { signal: giveUp.signal }).then(
        () => {
          server.closeAllConnections();
        },
        () => undefined,
      );
      await closed(server);
      giveUp.abort();
      await late;
    },
  };
}

/** Closes connections of clients whose certificate has another common name. */
function closeToOthers(server: Server, names: readonly string[], logger: Logger): void {
  server.prependListener('secureConnection', (socket) => {
    const subject = socket.getPeerX509Certificate()?.subject ?? '';
    if (names.some((name) => subject.split('\n').includes(`CN=${name}`))) return;
    logger.warn({ subject, client: socket.remoteAddress }, 'a client with another name was turned away');
    socket.destroy();
  });
}

/** The API server adds `?timeout=5s`. */
function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** Everything that is not a review. */
function createOthers(logger: Logger): (request: IncomingMessage, response: ServerResponse) => void {
  const paths = Object.values(PATHS);
  return createApp(logger, (app) => {
    app.all(paths, (request, response) => {
      answerJson(response, 405, problemText(`${request.path} takes POST only`), false, { Allow: 'POST' });
    });
    app.use((_request, response) => {
      answerJson(response, 404, problemText(`there is nothing but ${paths.join(' and ')}`), false);
    });
  });
}

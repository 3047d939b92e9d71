import { createServer, type Server } from 'node:http';
import { boundConnections } from './connections.ts';
import { createApp } from './express-app.ts';
import { readiness, type Checks } from './health.ts';
import { CONNECTIONS } from './limits.ts';
import type { Logger } from './logging.ts';
import type { Metrics } from './metrics.ts';

export interface PlainServerOptions {
  readonly checks: Checks;
  readonly metrics: Pick<Metrics, 'render' | 'contentType' | 'connectionClosed'>;
  readonly logger: Logger;
}

/** The port without TLS, for the kubelet and Prometheus: `/healthz`, `/readyz`, `/metrics`. */
export function createPlainServer({ checks, metrics, logger }: PlainServerOptions): Server {
  const app = createApp(logger, (app) => {
    // A process that answers is alive. Anything that can heal, or that a restart does not cure, belongs to /readyz.
    app.get('/healthz', (_request, response) => {
      response.type('text/plain').send('ok\n');
    });
    app.get('/readyz', (request, response) => {
      const { ready, report } = readiness(checks);
      const verbose = !ready || request.query.verbose !== undefined;
      response
        .status(ready ? 200 : 503)
        .type('text/plain')
        .send(verbose ? report : 'ok\n');
    });
    app.get('/metrics', async (_request, response) => {
      response.set('Content-Type', metrics.contentType).send(await metrics.render());
    });
    app.use((_request, response) => {
      response.status(404).type('text/plain').send('there are /healthz, /readyz and /metrics\n');
    });
  });
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 10_000, maxHeaderSize: CONNECTIONS.headerBytes },
    app,
  );
  boundConnections(server, CONNECTIONS.plain, () => {
    metrics.connectionClosed('plain');
  });
  return server;
}

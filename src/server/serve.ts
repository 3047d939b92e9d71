import { setTimeout as delay } from 'node:timers/promises';
import type { Reviewer } from '../admission/review.ts';
import type { ClientAuthority } from '../certificates/client-authority.ts';
import type { CertificateSource, ServedCertificate } from '../certificates/source.ts';
import type { ConnectionLimits } from './connections.ts';
import type { Checks } from './health.ts';
import { closed, listen } from './listen.ts';
import type { Logger } from './logging.ts';
import type { Metrics, WebhookName } from './metrics.ts';
import { createPlainServer } from './plain.ts';
import { createWebhook } from './webhook.ts';

export interface ServeOptions {
  /** All addresses where it is left out. */
  readonly address?: string;
  /** 0 for any that is free. */
  readonly tlsPort: number;
  /** 0 for any that is free. */
  readonly plainPort: number;
  readonly certificates: CertificateSource;
  /** Clients that may connect; everybody where it is left out. */
  readonly clients?: ClientAuthority;
  readonly reviewers: Readonly<Record<WebhookName, Reviewer>>;
  /** What readiness depends on, apart from the certificate. */
  readonly checks: Checks;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How long to go on answering after `stop`: as long as it takes until no API server sends reviews here any more. */
  readonly drainSeconds?: number;
  /** How long what is in flight may take after that. */
  readonly graceSeconds?: number;
  /** In bytes. */
  readonly bodyLimit?: number;
  /** Of the TLS port. */
  readonly connectionLimits?: ConnectionLimits;
}

export interface RunningServer {
  readonly tlsPort: number;
  readonly plainPort: number;
  /**
   * Not ready at once, still answering for `drainSeconds`, each answer with `Connection: close`; then nothing new is
   * accepted, and what is in flight is finished. May be called again: it is the same stop.
   *
   * @param hurry ends the wait of `drainSeconds`
   */
  stop(hurry?: AbortSignal): Promise<void>;
}

/**
 * Runs the webhook: reviews over TLS, health and metrics beside it.
 *
 * @throws ListenError where a port cannot be had
 */
export async function serve({
  address,
  tlsPort,
  plainPort,
  certificates,
  clients,
  reviewers,
  checks,
  logger,
  metrics,
  drainSeconds = 5,
  graceSeconds = 10,
  bodyLimit,
  connectionLimits,
}: ServeOptions): Promise<RunningServer> {
  let stopping: Promise<void> | undefined;
  const webhook = createWebhook({
    reviewers,
    metrics,
    logger,
    ...(clients !== undefined && { clients }),
    ...(bodyLimit !== undefined && { bodyLimit }),
    ...(connectionLimits !== undefined && { connectionLimits }),
  });
  const plain = createPlainServer({
    metrics,
    logger,
    checks: {
      stopping: () => (stopping === undefined ? { ok: true } : { ok: false, reason: 'the process is about to end' }),
      certificate: () => certificates.healthy(),
      ...checks,
    },
  });

  await certificates.start({
    changed(certificate) {
      present(certificate);
      metrics.certificateReloaded('success');
      logger.info(describe(certificate), 'certificate reloaded');
    },
    failed(problem) {
      metrics.certificateReloaded('failure');
      logger.error({ ...problem }, 'certificate not reloaded; the last good one is still served');
    },
  });
  present(certificates.current());
  clients?.start(() => {
    present(certificates.current());
    logger.info({}, "clients' CA reloaded");
  });
  const ports = await listenOnBoth();
  logger.info({ ...ports, address, ...describe(certificates.current()) }, 'listening');

  return {
    ...ports,
    stop(hurry) {
      stopping ??= stop(hurry);
      return stopping;
    },
  };

  function present(certificate: ServedCertificate): void {
    webhook.present(certificate);
    metrics.certificateExpires(certificate.notAfter);
  }

  async function listenOnBoth(): Promise<Pick<RunningServer, 'tlsPort' | 'plainPort'>> {
    try {
      // The plain port last: it tells that the other one is there.
      return { tlsPort: await webhook.listen(tlsPort, address), plainPort: await listen(plain, plainPort, address) };
    } catch (error) {
      certificates.stop();
      clients?.stop();
      await webhook.close(0);
      throw error;
    }
  }

  async function stop(hurry?: AbortSignal): Promise<void> {
    logger.info({ drainSeconds }, 'stopping: not ready, still answering');
    webhook.drain();
    await delay(drainSeconds * 1000, undefined, hurry === undefined ? {} : { signal: hurry }).catch(() => undefined);
    logger.info({ graceSeconds }, 'no longer listening; finishing what is in flight');
    await webhook.close(graceSeconds * 1000);
    certificates.stop();
    clients?.stop();
    const plainClosed = closed(plain);
    plain.closeAllConnections();
    await plainClosed;
    logger.info({}, 'stopped');
    logger.flush();
  }
}

function describe({ chain: [leaf], notAfter }: ServedCertificate): object {
  return { issuer: leaf?.issuer, fingerprint: leaf?.fingerprint, expires: notAfter };
}

/**
 * The server as a process of its own, for tests that send it signals: `fixture.ts CERT KEY DRAIN_SECONDS GRACE_SECONDS`.
 * A review whose uid is a number takes that many milliseconds; `sigterm+NUMBER` as many after the signal; `never` is
 * never answered.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reviewer } from '../../src/admission/review.ts';
import { openCertificateFiles } from '../../src/certificates/files.ts';
import { createLogger } from '../../src/server/logging.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { serve } from '../../src/server/serve.ts';
import { stopOnSignal } from '../../src/server/shutdown.ts';

const [certFile = '', keyFile = '', drainSeconds, graceSeconds] = process.argv.slice(2);

const terminated = once(process, 'SIGTERM');

const reviewer: Reviewer = async ({ uid }) => {
  if (uid === 'never') await new Promise(() => undefined);
  const [, afterSignal] = /^sigterm\+(\d+)$/.exec(uid) ?? [];
  if (afterSignal !== undefined) await terminated;
  await delay(Number(afterSignal ?? uid));
  return { response: { uid, allowed: true }, outcome: 'injected', codes: [] };
};

const opened = await openCertificateFiles({ certFile, keyFile, intervalMilliseconds: 20 });
if ('problem' in opened) throw new Error(opened.problem.problem);
const logger = createLogger();
const server = await serve({
  address: '127.0.0.1',
  tlsPort: 0,
  plainPort: 0,
  certificates: opened.source,
  reviewers: { mutate: reviewer, validate: reviewer },
  checks: {},
  logger,
  metrics: new Metrics({ version: '1.2.3' }),
  drainSeconds: Number(drainSeconds),
  graceSeconds: Number(graceSeconds),
});
await stopOnSignal(server, logger);

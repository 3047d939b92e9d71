import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AdmissionRequest, Reviewer, Verdict } from '../../src/admission/review.ts';
import { createAuthority, type Authority, type Leaf } from '../../src/certificates/authority.ts';
import { parsePair } from '../../src/certificates/pair.ts';
import type { CertificateEvents, CertificateSource, ServedCertificate } from '../../src/certificates/source.ts';
import { createLogger, type LogLevel } from '../../src/server/logging.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { serve, type RunningServer, type ServeOptions } from '../../src/server/serve.ts';

/** Lets everything pass. */
export const admit: Reviewer = ({ uid }) => Promise.resolve(verdict(uid));

export const verdict = (uid: string): Verdict => ({ response: { uid, allowed: true }, outcome: 'admitted', codes: [] });

/** A certificate that a test changes by hand. */
export interface ManualSource extends CertificateSource {
  change(leaf: Leaf): void;
  events(): CertificateEvents;
}

export interface Running {
  readonly server: RunningServer;
  readonly authority: Authority;
  readonly certificates: ManualSource;
  /** The lines of the log so far, parsed. */
  log(): readonly Readonly<Record<string, unknown>>[];
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export interface RunningOptions extends Partial<
  Omit<ServeOptions, 'reviewers' | 'logger' | 'metrics' | 'certificates'>
> {
  readonly mutate?: Reviewer;
  readonly validate?: Reviewer;
  readonly logLevel?: LogLevel;
}

/** The whole server in this process, on free ports of 127.0.0.1, with a certificate for `localhost`. */
export async function run({ mutate, validate, logLevel, ...options }: RunningOptions = {}): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-server-'));
  const file = path.join(folder, 'log');
  const logger = createLogger({ level: logLevel ?? 'debug', destination: file });
  const authority = await createAuthority({ commonName: 'Test CA', seconds: 3600 });
  const certificates = manualSource(await authority.issue({ hosts: ['localhost'], seconds: 3600 }));
  const metrics = new Metrics({ version: '1.2.3', processMetrics: false });
  const server = await serve({
    address: '127.0.0.1',
    tlsPort: 0,
    plainPort: 0,
    certificates,
    reviewers: { mutate: mutate ?? admit, validate: validate ?? admit },
    checks: {},
    logger,
    metrics,
    drainSeconds: 0,
    ...options,
  }).catch((error: unknown) => {
    rmSync(folder, { recursive: true });
    throw error;
  });
  return {
    server,
    authority,
    certificates,
    log() {
      logger.flush();
      return readFileSync(file, 'utf8').trim().split('\n').map(parseLine);
    },
    metrics: () => metrics.render(),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export function served({ cert, key }: Leaf): ServedCertificate {
  const pair = parsePair(cert, key, new Date());
  if ('problem' in pair) throw new Error(pair.problem);
  return pair;
}

function manualSource(first: Leaf): ManualSource {
  let current = served(first);
  let listener: CertificateEvents | undefined;
  const events = (): CertificateEvents => {
    if (listener === undefined) throw new Error('not started');
    return listener;
  };
  return {
    start(asked) {
      listener = asked;
      return Promise.resolve();
    },
    current: () => current,
    stop: () => undefined,
    healthy: () => ({ ok: true }),
    events,
    change(leaf) {
      current = served(leaf);
      events().changed(current);
    },
  };
}

function parseLine(line: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** A review of a Pod, as the API server sends it. */
export function reviewText(uid: string, more: Partial<Record<keyof AdmissionRequest, unknown>> = {}): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      operation: 'CREATE',
      namespace: 'shop',
      name: 'hello',
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hello' }, spec: { containers: [] } },
      ...more,
    },
  });
}

import { createServer } from 'node:https';
import { createAuthority } from '../../src/certificates/authority.ts';
import { listOf } from './functions.ts';
import { eventually, type Opened } from './given.ts';
import { kubectl, kubectlOk } from './kubectl.ts';

const GROUP = 'external.metrics.k8s.io';
const VERSION = 'v1beta1';
const NAMESPACE = 'kube-system';
const NAME = 'test-external-metrics';

/** An adapter for metrics of other systems, as HorizontalPodAutoscalers ask it: the length of a queue that a test decides. */
export interface ExternalMetrics {
  /** @param metric its name; one that was never set is zero */
  set(metric: string, value: number): void;
  /** How often somebody asked for it. */
  readings(metric: string): number;
}

/**
 * Serves external metrics on 127.0.0.1, and registers them with the API server, which asks there for its clients.
 * Source: k8s.io/metrics pkg/apis/external_metrics/v1beta1
 */
export async function serveExternalMetrics(): Promise<Opened<ExternalMetrics>> {
  const values = new Map<string, number>();
  const readings = new Map<string, number>();
  const host = `${NAME}.${NAMESPACE}.svc`;
  const authority = await createAuthority({ commonName: NAME, seconds: 3600 });
  const { key, cert } = await authority.issue({ hosts: [host], seconds: 3600 });
  const server = createServer({ key, cert }, ({ url = '' }, response) => {
    const answer = answerTo(new URL(url, `https://${host}`).pathname, (metric) => {
      readings.set(metric, (readings.get(metric) ?? 0) + 1);
      return values.get(metric) ?? 0;
    });
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const objects = registration(port, authority.cert);
  await kubectlOk(['apply', '-f', '-'], objects);
  await eventually(
    () => kubectl(['get', '--raw', `/apis/${GROUP}/${VERSION}`]),
    ({ status }) => status === 0,
    60_000,
  );
  return {
    value: {
      set: (metric, value) => void values.set(metric, value),
      readings: (metric) => readings.get(metric) ?? 0,
    },
    async close() {
      await kubectlOk(['delete', '-f', '-'], objects);
      server.closeAllConnections();
      server.close();
    },
  };
}

function answerTo(path: string, read: (metric: string) => number): object | undefined {
  const base = `/apis/${GROUP}/${VERSION}`;
  if (path === base) {
    const anything = { name: '*', singularName: '', namespaced: true, kind: 'ExternalMetricValueList', verbs: ['get'] };
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${GROUP}/${VERSION}`, resources: [anything] };
  }
  const [, metric] = /^\/namespaces\/[^/]+\/([^/]+)$/.exec(path.slice(base.length)) ?? [];
  if (!path.startsWith(`${base}/`) || metric === undefined) return undefined;
  const item = {
    metricName: metric,
    metricLabels: {},
    timestamp: new Date().toISOString(),
    value: String(read(metric)),
  };
  return { kind: 'ExternalMetricValueList', apiVersion: `${GROUP}/${VERSION}`, metadata: {}, items: [item] };
}

const registration = (port: number, ca: string): object =>
  listOf(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: NAME, namespace: NAMESPACE },
      // The API server goes where this says; an address is a name, too.
      spec: { type: 'ExternalName', externalName: '127.0.0.1', ports: [{ port }] },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `${VERSION}.${GROUP}` },
      spec: {
        group: GROUP,
        version: VERSION,
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { name: NAME, namespace: NAMESPACE, port },
        caBundle: Buffer.from(ca).toString('base64'),
      },
    },
  );

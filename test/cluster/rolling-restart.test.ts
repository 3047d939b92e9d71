import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { createFunctions } from './creations.ts';
import { cluster, given, it, type Opened } from './given.ts';
import { register } from './registration.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { createCertificates, startWebhook, type Certificates, type Webhook } from './webhook.ts';

/** How long a Service goes on sending connections to a Pod that is about to end. */
const ENDPOINT_LAG = 1000;
/** `--drain`, which the manifests leave at 5 s; here as short as the lag allows. */
const DRAIN_SECONDS = 2;

interface Replicated {
  readonly service: TcpProxy;
  readonly certificates: Certificates;
  readonly start: () => Promise<Webhook>;
  readonly replicas: Webhook[];
}

async function installTwo(): Promise<Opened<Replicated>> {
  const certificates = await createCertificates();
  const service = await openTcpProxy();
  const start = (): Promise<Webhook> =>
    startWebhook({ kubeconfig: cluster().kubeconfig, certificates, drainSeconds: DRAIN_SECONDS });
  const replicas = [await start(), await start()];
  service.use(replicas.map(({ tlsPort }) => tlsPort));
  const unregister = await register({ url: `https://127.0.0.1:${service.port}`, ca: certificates.ca });
  return {
    value: { service, certificates, start, replicas },
    async close() {
      await unregister();
      await Promise.all(replicas.map((replica) => replica.stop()));
      await service.close();
      certificates.remove();
    },
  };
}

describe('a rolling restart of two replicas', () => {
  const installed = given(installTwo);

  it('under a constant stream of Pod creations fails none of them', async () => {
    const { service, start, replicas } = installed();
    const stream = await createFunctions();

    for (let round = 0; round < 2; round += 1) {
      for (const index of replicas.keys()) {
        const old = replicas[index];
        const fresh = await start();
        replicas[index] = fresh;
        // The new one is an endpoint as soon as it is ready; the old one still is for a while after it was told to end.
        const lagging = delay(ENDPOINT_LAG).then(() => {
          service.use(replicas.map(({ tlsPort }) => tlsPort));
        });
        service.use([...replicas.map(({ tlsPort }) => tlsPort), ...(old === undefined ? [] : [old.tlsPort])]);
        await Promise.all([old?.stop(), lagging]);
      }
    }
    const { created, failures } = await stream.end();
    console.log(`rolling restart: ${created} Pods created while four replicas were replaced`);
    expect(failures).toEqual([]);
    expect(created).toBeGreaterThan(50);
  });
});

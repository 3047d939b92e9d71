import type { V1Container, V1Probe } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { functionPod, injected } from './function-of.ts';

type Probes = Readonly<Record<'startupProbe' | 'readinessProbe' | 'livenessProbe', V1Probe | undefined>>;

const probesOf = ({ startupProbe, readinessProbe, livenessProbe }: V1Container): Probes => ({
  startupProbe,
  readinessProbe,
  livenessProbe,
});
const of = async (container: Partial<V1Container>): Promise<Probes> =>
  probesOf((await injected(functionPod({ container }))).container);

const asks = (port: number): V1Probe => ({ httpGet: { path: '/healthz', port } });
const STARTUP = { ...asks(8080), periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 120 };
const LIVENESS = { ...asks(8099), initialDelaySeconds: 120, periodSeconds: 10, timeoutSeconds: 4, failureThreshold: 3 };
const READINESS = { ...asks(8080), periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 5 };

describe('probes', () => {
  it('ask for readiness every second from the start, and for life once two minutes have passed', async () => {
    expect(await of({})).toEqual({ startupProbe: undefined, readinessProbe: READINESS, livenessProbe: LIVENESS });
  });

  it('have a startup probe before a liveness probe of the author’s, which may count on it', async () => {
    const livenessProbe = asks(8080);
    expect(await of({ livenessProbe })).toEqual({ startupProbe: STARTUP, readinessProbe: READINESS, livenessProbe });
  });

  it('have one before an author’s liveness probe that asks our health port too early', async () => {
    const env = [{ name: 'BUILDLESS_HEALTH_PORT', value: '8099' }];
    expect((await of({ env, livenessProbe: asks(8099) })).startupProbe).toEqual(STARTUP);
  });

  it('are the author’s where there are some', async () => {
    const own = { startupProbe: asks(1), readinessProbe: asks(2) };
    expect(await of(own)).toEqual({ ...own, livenessProbe: LIVENESS });
  });

  it.each([{}, { livenessProbe: asks(8080) }, { readinessProbe: asks(8080) }, { startupProbe: asks(8080) }])(
    'are the same when the Pod is injected again: %j',
    async (container) => {
      const once = await injected(functionPod({ container }));
      // As the API server completes them in between.
      const completed = (probe: V1Probe | undefined): V1Probe | undefined =>
        probe && { successThreshold: 1, ...probe, httpGet: { port: 0, scheme: 'HTTP', ...probe.httpGet } };
      const { startupProbe, readinessProbe, livenessProbe } = once.container;
      const between = {
        ...(startupProbe && { startupProbe: completed(startupProbe) }),
        readinessProbe: completed(readinessProbe),
        livenessProbe: completed(livenessProbe),
      };
      const env = once.container.env ?? [];
      const again = await injected(
        functionPod({ container: { ...container, env, ...between } as Partial<V1Container> }),
      );
      expect(probesOf(again.container)).toEqual({ startupProbe: undefined, ...between });
    },
  );
});

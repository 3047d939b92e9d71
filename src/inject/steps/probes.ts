/**
 * Asks the HTTP server whether it is ready and whether it lives. It answers 200 only when the handler is loaded, so a rollout never replaces
 * good Pods by broken ones. Readiness is asked for every second, as each second there is a second that a Pod is not Ready.
 *
 * A startup probe would cost another second: the kubelet asks for readiness as soon as it sees that a container runs, but with a
 * startup probe only when it looks at its containers next after that one's success. The liveness probe waits by its own delay instead.
 *
 * A handler that computes for half a minute is not dead: where it keeps the server from answering meanwhile, the
 * liveness probe goes to a port that is answered beside it (inject/health-port.ts), and the readiness probe finds out.
 * In a Pod of Knative the proxy asks whether the Function is ready, by the readiness probe of the template: without a period it
 * asks every few milliseconds, and does not wait for the kubelet.
 *
 * Fields: spec.containers[FUNCTION].{startupProbe,readinessProbe,livenessProbe}
 */
import type { V1Container, V1Probe } from '@kubernetes/client-node';
import { HEALTH_PATH } from '../../function/keys.ts';
import type { InjectionContext } from '../context.ts';
import { healthPort, START_SECONDS } from '../health-port.ts';
import { isUnset } from '../../kubernetes/unset.ts';

export const probes = (
  container: V1Container,
  context: Pick<InjectionContext, 'definition' | 'port' | 'ports'>,
): V1Container => {
  if (!context.definition.server) return container;
  const aside = healthPort(container, context);
  const { knative } = context.definition;
  const httpGet = { path: HEALTH_PATH, port: context.port };
  return {
    ...container,
    // A liveness probe of the author's may count on it.
    ...(isUnset(container.startupProbe) &&
      knative === undefined &&
      !waits(container.livenessProbe, aside) && {
        startupProbe: { httpGet, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: START_SECONDS },
      }),
    ...(isUnset(container.readinessProbe) && knative === undefined && { readinessProbe: { httpGet, ...READINESS } }),
    ...(isUnset(container.readinessProbe) && knative === 'template' && { readinessProbe: { httpGet } }),
    // Without a port of its own the probe would find the Function dead before it has started.
    ...(isUnset(container.livenessProbe) &&
      (knative === undefined || aside !== undefined) && {
        livenessProbe: {
          httpGet: { ...httpGet, port: aside ?? context.port },
          ...(aside !== undefined && { initialDelaySeconds: START_SECONDS }),
          periodSeconds: 10,
          timeoutSeconds: 4,
          failureThreshold: 3,
        },
      }),
  };
};

/** Whether a liveness probe is ours, or will be, and leaves the Function the time to start; the author's are in its place. */
const waits = (probe: V1Probe | undefined, aside: number | undefined): boolean =>
  aside !== undefined &&
  (isUnset(probe) || (probe.httpGet?.port === aside && (probe.initialDelaySeconds ?? 0) >= START_SECONDS));

/** Silence for 10 s: a probe that waits for its answer takes 2 s. */
const READINESS = { periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 5 };

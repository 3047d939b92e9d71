/**
 * Asks the HTTP server whether it is ready and whether it lives. It answers 200 only when the handler is loaded, so a rollout never replaces
 * good Pods by broken ones. The start is looked at every second, as each second there is a second that the Pod is not Ready.
 *
 * A handler that computes for half a minute is not dead: where it keeps the server from answering meanwhile, the
 * liveness probe goes to a port that is answered beside it (inject/health-port.ts), and the readiness probe finds out.
 * In a Pod of Knative the proxy asks whether the Function is ready, by the readiness probe of the template: without a period it
 * asks every few milliseconds, and does not wait for the kubelet, so there is no startup probe either.
 *
 * Fields: spec.containers[FUNCTION].{startupProbe,readinessProbe,livenessProbe}
 */
import type { V1Container } from '@kubernetes/client-node';
import { HEALTH_PATH } from '../../function/keys.ts';
import type { InjectionContext } from '../context.ts';
import { healthPort } from '../health-port.ts';
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
    ...(isUnset(container.startupProbe) &&
      knative === undefined && {
        startupProbe: { httpGet, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 120 },
      }),
    ...(isUnset(container.readinessProbe) && knative === undefined && { readinessProbe: { httpGet, ...READINESS } }),
    ...(isUnset(container.readinessProbe) && knative === 'template' && { readinessProbe: { httpGet } }),
    // Without a port of its own the probe would find the Function dead before it has started.
    ...(isUnset(container.livenessProbe) &&
      (knative === undefined || aside !== undefined) && {
        livenessProbe: {
          httpGet: { ...httpGet, port: aside ?? context.port },
          periodSeconds: 10,
          timeoutSeconds: 4,
          failureThreshold: 3,
        },
      }),
  };
};

const READINESS = { periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 2 };

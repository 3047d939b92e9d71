/**
 * Baseline (from Kubernetes 1.34): probes and lifecycle hooks name no other host.
 *
 * Fields: spec.{containers,initContainers}[*].{livenessProbe,readinessProbe,startupProbe}.{httpGet,tcpSocket}.host,
 *   spec.{containers,initContainers}[*].lifecycle.{postStart,preStop}.{httpGet,tcpSocket}.host
 * Allowed: unset, ""
 */
import { isUnset } from '../../kubernetes/unset.ts';
import { refuseIf, type Control } from './control.ts';

export const hostProbes: Control = {
  since: 34,
  container: ({ container }) => {
    const handlers = [
      [['livenessProbe'], container.livenessProbe],
      [['readinessProbe'], container.readinessProbe],
      [['startupProbe'], container.startupProbe],
      [['lifecycle', 'postStart'], container.lifecycle?.postStart],
      [['lifecycle', 'preStop'], container.lifecycle?.preStop],
    ] as const;
    return handlers.flatMap(([field, handler]) => {
      if (isUnset(handler)) return [];
      return (['httpGet', 'tcpSocket'] as const).flatMap((how) => {
        const host = handler[how]?.host ?? '';
        return refuseIf(
          host !== '',
          [...field, how, 'host'],
          host,
          "remove it; the Pod's own address is meant without it",
        );
      });
    });
  },
};

/**
 * Baseline: no container takes a port of its host.
 *
 * Fields: spec.{containers,initContainers,ephemeralContainers}[*].ports[*].hostPort
 * Allowed: unset, 0
 */
import { refuseIf, type Control } from './control.ts';

export const hostPorts: Control = {
  container: ({ container }) =>
    (container.ports ?? []).flatMap(({ hostPort }, index) =>
      refuseIf((hostPort ?? 0) !== 0, ['ports', index, 'hostPort'], hostPort, 'remove it and use a Service'),
    ),
};

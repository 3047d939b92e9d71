/**
 * Baseline: no container is privileged.
 *
 * Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.privileged
 * Allowed: unset, false
 */
import { refuseIf, type Control } from './control.ts';

export const privileged: Control = {
  container: ({ container }) => {
    const value = container.securityContext?.privileged;
    return refuseIf(value === true, ['securityContext', 'privileged'], value, 'remove it');
  },
};

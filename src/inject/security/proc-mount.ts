/**
 * Baseline: /proc is masked as usual.
 *
 * Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.procMount
 * Allowed: unset, Default
 */
import { isUnset } from '../../kubernetes/unset.ts';
import { refuseIf, type Control } from './control.ts';

export const procMount: Control = {
  container: ({ container }) => {
    const value = container.securityContext?.procMount;
    return refuseIf(!isUnset(value) && value !== 'Default', ['securityContext', 'procMount'], value, 'remove it');
  },
};

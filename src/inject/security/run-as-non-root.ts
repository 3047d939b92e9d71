/**
 * Restricted: containers run as a user other than root.
 *
 * Fields: spec.securityContext.runAsNonRoot, spec.*[*].securityContext.runAsNonRoot
 * Allowed: true; unset in a container where the Pod says true
 */
import { isUnset } from '../unset.ts';
import { refuseIf, type Control } from './control.ts';

const FIX = 'set it to true or leave it out';

export const runAsNonRoot: Control = {
  pod: ({ spec }) => {
    const value = spec?.securityContext?.runAsNonRoot;
    return refuseIf(value === false, 'spec.securityContext.runAsNonRoot', value, FIX);
  },
  container: ({ container, field }) => {
    const value = container.securityContext?.runAsNonRoot;
    return refuseIf(value === false, `${field}.securityContext.runAsNonRoot`, value, FIX);
  },
  fill: ({ container, podSecurity }) =>
    isUnset(container.securityContext?.runAsNonRoot ?? podSecurity?.runAsNonRoot) ? { runAsNonRoot: true } : {},
};

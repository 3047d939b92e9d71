/**
 * Restricted: privilege escalation must be switched off in each container.
 *
 * Fields: spec.{containers,initContainers,ephemeralContainers}[*].securityContext.allowPrivilegeEscalation
 * Allowed: false
 */
import { isUnset } from '../../kubernetes/unset.ts';
import { refuseIf, type Control } from './control.ts';

export const allowPrivilegeEscalation: Control = {
  since: 8,
  container: ({ container }) => {
    const value = container.securityContext?.allowPrivilegeEscalation;
    return refuseIf(
      value === true,
      ['securityContext', 'allowPrivilegeEscalation'],
      value,
      'set it to false or leave it out',
    );
  },
  fill: ({ container }) =>
    isUnset(container.securityContext?.allowPrivilegeEscalation) ? { allowPrivilegeEscalation: false } : {},
};

/**
 * Restricted: no container runs as user 0.
 *
 * Fields: spec.securityContext.runAsUser, spec.*[*].securityContext.runAsUser
 * Allowed: unset, any number but 0
 */
import { refuseIf, type Control } from './control.ts';

const FIX = 'name a user other than 0, or leave it out';

export const runAsUser: Control = {
  pod: ({ spec }) => {
    const value = spec?.securityContext?.runAsUser;
    return refuseIf(value === 0, 'spec.securityContext.runAsUser', value, FIX);
  },
  container: ({ container, field }) => {
    const value = container.securityContext?.runAsUser;
    return refuseIf(value === 0, `${field}.securityContext.runAsUser`, value, FIX);
  },
};

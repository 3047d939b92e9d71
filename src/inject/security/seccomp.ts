/**
 * Restricted: each container has a seccomp profile.
 *
 * Fields: spec.securityContext.seccompProfile.type, spec.*[*].securityContext.seccompProfile.type
 * Allowed: RuntimeDefault, Localhost; unset in a container where the Pod sets one of these
 */
import { isUnset } from '../unset.ts';
import { refuseIf, type Control } from './control.ts';

const FIX = 'set it to RuntimeDefault or Localhost, or leave it out';
const isBad = (type: string | undefined): boolean =>
  !isUnset(type) && type !== 'RuntimeDefault' && type !== 'Localhost';

export const seccomp: Control = {
  pod: ({ spec }) => {
    const type = spec?.securityContext?.seccompProfile?.type;
    return refuseIf(isBad(type), 'spec.securityContext.seccompProfile.type', type, FIX);
  },
  container: ({ container, field }) => {
    const type = container.securityContext?.seccompProfile?.type;
    return refuseIf(isBad(type), `${field}.securityContext.seccompProfile.type`, type, FIX);
  },
  fill: ({ container, podSecurity }) =>
    isUnset(container.securityContext?.seccompProfile ?? podSecurity?.seccompProfile)
      ? { seccompProfile: { type: 'RuntimeDefault' } }
      : {},
};

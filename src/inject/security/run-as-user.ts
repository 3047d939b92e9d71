/**
 * Restricted: no container runs as user 0.
 *
 * Fields: spec.securityContext.runAsUser, spec.*[*].securityContext.runAsUser
 * Allowed: unset, any number but 0; 0 as well in a user namespace (from 1.35)
 */
import { hasUserNamespace, mayBeRoot, refuseIf, type Control } from './control.ts';

const FIX = 'name a user other than 0, or leave it out';

export const runAsUser: Control = {
  since: 23,
  pod: (pod, version) => {
    const value = pod.spec?.securityContext?.runAsUser;
    const isBad = value === 0 && !mayBeRoot(hasUserNamespace(pod), version);
    return refuseIf(isBad, ['spec', 'securityContext', 'runAsUser'], value, FIX);
  },
  container: ({ container, userNamespace, version }) => {
    const value = container.securityContext?.runAsUser;
    const isBad = value === 0 && !mayBeRoot(userNamespace, version);
    return refuseIf(isBad, ['securityContext', 'runAsUser'], value, FIX);
  },
};

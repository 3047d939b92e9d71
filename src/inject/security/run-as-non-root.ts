/**
 * Restricted: containers run as a user other than root.
 *
 * Fields: spec.securityContext.runAsNonRoot, spec.*[*].securityContext.runAsNonRoot
 * Allowed: true; unset in a container where the Pod says true; anything in a user namespace (from 1.35)
 */
import { isUnset } from '../../kubernetes/unset.ts';
import { hasUserNamespace, mayBeRoot, refuseIf, type Control } from './control.ts';

const FIX = 'set it to true or leave it out';

export const runAsNonRoot: Control = {
  pod: (pod, version) => {
    const value = pod.spec?.securityContext?.runAsNonRoot;
    const isBad = value === false && !mayBeRoot(hasUserNamespace(pod), version);
    return refuseIf(isBad, ['spec', 'securityContext', 'runAsNonRoot'], value, FIX);
  },
  container: ({ container, userNamespace, version }) => {
    const value = container.securityContext?.runAsNonRoot;
    const isBad = value === false && !mayBeRoot(userNamespace, version);
    return refuseIf(isBad, ['securityContext', 'runAsNonRoot'], value, FIX);
  },
  fill: ({ container, podSecurity, userNamespace, version }) => {
    const user = container.securityContext?.runAsUser ?? podSecurity?.runAsUser;
    if (user === 0 && mayBeRoot(userNamespace, version)) return {};
    return isUnset(container.securityContext?.runAsNonRoot ?? podSecurity?.runAsNonRoot) ? { runAsNonRoot: true } : {};
  },
};

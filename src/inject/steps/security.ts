/**
 * Fills what Pod Security `restricted` demands and the author left unset: in the Function's container always, in the
 * others where the namespace enforces it. What contradicts it has been refused before (checks/security.ts).
 *
 * Fields: spec.{containers,initContainers}[*].securityContext
 */
import type { V1Container, V1SecurityContext } from '@kubernetes/client-node';
import { LATEST_POD_SECURITY } from '../../namespace/pod-security-version.ts';
import { changeSpec, type Step } from '../context.ts';
import type { PodLike } from '../../kubernetes/pod.ts';
import { hasUserNamespace } from '../security/control.ts';
import { secured } from '../security/index.ts';
import { isUnset } from '../../kubernetes/unset.ts';

export const security: Step = (pod, { configuration, definition, namespace }) => {
  const podSecurity = pod.spec?.securityContext;
  const hardened = changeSpec(pod, (spec) => {
    const container = spec.containers[definition.containerIndex];
    if (container === undefined) return spec;
    const changed = secured(
      { container, podSecurity, userNamespace: hasUserNamespace(pod), version: LATEST_POD_SECURITY },
      functionSecurity(container, podSecurity?.runAsUser ?? undefined, configuration.security.runAsUser),
    );
    return { ...spec, containers: spec.containers.map((item) => (item === container ? changed : item)) };
  });
  return namespace.restricted ? secureAll(hardened, namespace.podSecurityVersion) : hardened;
};

/** Beyond `restricted`: a read-only root file system, and a user where the image may have none. */
function functionSecurity(
  container: V1Container,
  podUser: number | undefined,
  defaultUser: number | undefined,
): Partial<V1SecurityContext> {
  const given = container.securityContext;
  const user = isUnset(given?.runAsUser) && podUser === undefined ? defaultUser : undefined;
  return {
    ...(isUnset(given?.readOnlyRootFilesystem) && { readOnlyRootFilesystem: true }),
    ...(user !== undefined && { runAsUser: user }),
  };
}

/**
 * Every container of a Pod made to satisfy `restricted`; also for those that another webhook added after us.
 *
 * @param version of the standards
 */
export function secureAll(pod: PodLike, version: number): PodLike {
  const userNamespace = hasUserNamespace(pod);
  return changeSpec(pod, (spec) => {
    const podSecurity = spec.securityContext;
    const all = (list: V1Container[]): V1Container[] => {
      const changed = list.map((container) => secured({ container, podSecurity, userNamespace, version }));
      return changed.every((container, index) => container === list[index]) ? list : changed;
    };
    const containers = all(spec.containers);
    const initContainers = isUnset(spec.initContainers) ? spec.initContainers : all(spec.initContainers);
    return containers === spec.containers && initContainers === spec.initContainers
      ? spec
      : { ...spec, containers, ...(!isUnset(initContainers) && { initContainers }) };
  });
}

/**
 * Restricted: each container has a seccomp profile.
 *
 * Fields: spec.securityContext.seccompProfile.type, spec.*[*].securityContext.seccompProfile.type,
 *   metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"],
 *   metadata.annotations["container.seccomp.security.alpha.kubernetes.io/*"]
 * Allowed: RuntimeDefault, Localhost; unset in a container where the Pod sets one of these; in annotations
 *   runtime/default, docker/default, and localhost/* beside a field
 *
 * The annotations have no effect since Kubernetes 1.27, but the API server still refuses a Pod whose fields say something
 * else, with a message about a field that its author never wrote.
 */
import type { V1Container, V1SeccompProfile } from '@kubernetes/client-node';
import type { PodLike } from '../../kubernetes/pod.ts';
import { isUnset } from '../../kubernetes/unset.ts';
import { contradiction, refuseIf, type Control } from './control.ts';
import { annotationField } from '../../outcome/place.ts';

const POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/';
const DEFAULTS = ['', 'runtime/default', 'docker/default'];

const FIX = 'set it to RuntimeDefault or Localhost, or leave it out';
const ANNOTATION_FIX =
  'remove it, as it has no effect any more, and set securityContext.seccompProfile where you need one';
const isBad = (type: string | undefined): boolean =>
  !isUnset(type) && type !== 'RuntimeDefault' && type !== 'Localhost';

/** The field that an annotation speaks of; undefined if the annotation is none of these. */
function fieldOf(key: string, { spec }: PodLike): { readonly profile: V1SeccompProfile | undefined } | undefined {
  if (key === POD_ANNOTATION) return { profile: spec?.securityContext?.seccompProfile };
  if (!key.startsWith(CONTAINER_ANNOTATION)) return undefined;
  const containers: readonly V1Container[] = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const container = containers.find(({ name }) => name === key.slice(CONTAINER_ANNOTATION.length));
  return { profile: container?.securityContext?.seccompProfile };
}

export const seccomp: Control = {
  pod: (pod) => {
    const type = pod.spec?.securityContext?.seccompProfile?.type;
    const annotations = Object.entries(pod.metadata?.annotations ?? {}).filter(([key, value]) => {
      const field = fieldOf(key, pod);
      if (field === undefined || DEFAULTS.includes(value)) return false;
      return isUnset(field.profile) || !value.startsWith('localhost/');
    });
    return [
      ...refuseIf(isBad(type), ['spec', 'securityContext', 'seccompProfile', 'type'], type, FIX),
      ...annotations.map(([key, value]) => contradiction(annotationField(key), value, ANNOTATION_FIX)),
    ];
  },
  container: ({ container }) => {
    const type = container.securityContext?.seccompProfile?.type;
    return refuseIf(isBad(type), ['securityContext', 'seccompProfile', 'type'], type, FIX);
  },
  fill: ({ container, podSecurity }) =>
    isUnset(container.securityContext?.seccompProfile ?? podSecurity?.seccompProfile)
      ? { seccompProfile: { type: 'RuntimeDefault' } }
      : {},
};

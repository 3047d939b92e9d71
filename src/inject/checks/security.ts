/**
 * What the author explicitly set against Pod Security `restricted`: in the Pod as a whole and in the Function's container
 * always, in the other containers where the namespace enforces `restricted`. A volume that `restricted` forbids is the
 * others' affair too, as long as the Function does not mount it.
 *
 * Fields: those of security/*.ts
 */
import type { V1Container } from '@kubernetes/client-node';
import type { Finding } from '../../outcome/finding.ts';
import type { PodLike } from '../injection.ts';
import { containerContradictions, podContradictions } from '../security/index.ts';
import type { Check } from './check.ts';

export const security: Check = (pod, { definition, namespace }) =>
  namespace.restricted ? allContradictions(pod) : functionContradictions(pod, definition.containerIndex);

/** Everything in the Pod that `restricted` forbids. */
export function allContradictions(pod: PodLike): readonly Finding[] {
  return [...podContradictions(pod), ...LISTS.flatMap((list) => inContainers(pod, list))];
}

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

function inContainers(pod: PodLike, list: (typeof LISTS)[number]): readonly Finding[] {
  const containers: readonly V1Container[] = pod.spec?.[list] ?? [];
  return containers.flatMap((container, index) =>
    containerContradictions({ container, field: `spec.${list}[${index}]`, podSecurity: pod.spec?.securityContext }),
  );
}

function functionContradictions(pod: PodLike, containerIndex: number): readonly Finding[] {
  const container = pod.spec?.containers[containerIndex];
  if (container === undefined) return [];
  const mounted = new Set(
    [...(container.volumeMounts ?? []), ...(container.volumeDevices ?? [])].map(({ name }) => name),
  );
  const volumes = pod.spec?.volumes ?? [];
  const foreign = (finding: Finding): boolean => {
    const index = /^spec\.volumes\[(\d+)\]/.exec(finding.field ?? '')?.[1];
    return index !== undefined && !mounted.has(volumes[Number(index)]?.name ?? '');
  };
  return [
    ...podContradictions(pod).filter((finding) => !foreign(finding)),
    ...containerContradictions({
      container,
      field: `spec.containers[${containerIndex}]`,
      podSecurity: pod.spec?.securityContext,
    }),
  ];
}

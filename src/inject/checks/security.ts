/**
 * What the author explicitly set against Pod Security `restricted`: in the Pod as a whole and in the Function's container
 * always, by the newest version; in the other containers if the namespace enforces `restricted`, by the version that it
 * enforces. A volume that `restricted` forbids is the others' affair too, as long as the Function does not mount it.
 *
 * Fields: those of security/*.ts
 */
import type { V1Container } from '@kubernetes/client-node';
import { LATEST_POD_SECURITY } from '../../namespace/pod-security-version.ts';
import type { Finding } from '../../outcome/finding.ts';
import { formatPlace, within, type FieldPath } from '../../outcome/place.ts';
import type { PodLike } from '../../kubernetes/pod.ts';
import { hasUserNamespace } from '../security/control.ts';
import { containerContradictions, podContradictions } from '../security/index.ts';
import type { Check } from './check.ts';

export const security: Check = (pod, { definition, namespace }) => {
  const own = functionContradictions(pod, definition.containerIndex);
  if (!namespace.restricted) return own;
  const known = new Set(own.map(formatPlace));
  const all = allContradictions(pod, namespace.podSecurityVersion);
  return [...own, ...all.filter((finding) => !known.has(formatPlace(finding)))];
};

/**
 * Everything in the Pod that `restricted` forbids.
 *
 * @param version of the standards
 */
export const allContradictions = (pod: PodLike, version: number): readonly Finding[] => [
  ...podContradictions(pod, version),
  ...LISTS.flatMap((list) => inContainers(pod, list, version)),
];

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

function inContainers(pod: PodLike, list: (typeof LISTS)[number], version: number): readonly Finding[] {
  const containers: readonly V1Container[] = pod.spec?.[list] ?? [];
  return containers.flatMap((container, index) => inContainer(pod, container, ['spec', list, index], version));
}

const inContainer = (pod: PodLike, container: V1Container, field: FieldPath, version: number): readonly Finding[] =>
  within(
    field,
    containerContradictions({
      container,
      podSecurity: pod.spec?.securityContext,
      userNamespace: hasUserNamespace(pod),
      version,
    }),
  );

function functionContradictions(pod: PodLike, containerIndex: number): readonly Finding[] {
  const container = pod.spec?.containers[containerIndex];
  if (container === undefined) return [];
  const mounted = new Set(
    [...(container.volumeMounts ?? []), ...(container.volumeDevices ?? [])].map(({ name }) => name),
  );
  const volumes = pod.spec?.volumes ?? [];
  const foreign = ({ field = [] }: Finding): boolean => {
    const [, list, index] = field;
    return list === 'volumes' && typeof index === 'number' && !mounted.has(volumes[index]?.name ?? '');
  };
  return [
    ...podContradictions(pod, LATEST_POD_SECURITY).filter((finding) => !foreign(finding)),
    ...inContainer(pod, container, ['spec', 'containers', containerIndex], LATEST_POD_SECURITY),
  ];
}

import type { V1Container, V1PodSpec } from '@kubernetes/client-node';

/** What the ServiceAccount plugin of the API server adds to each Pod. */
const isToken = ({ name }: { readonly name: string }): boolean => name.startsWith('kube-api-access-');

function trimmed(containers: readonly V1Container[]): V1Container[] {
  return containers.map(({ volumeMounts, ...container }) => {
    const mounts = volumeMounts?.filter((mount) => !isToken(mount)) ?? [];
    return mounts.length === 0 ? container : { ...container, volumeMounts: mounts };
  });
}

/** A Pod of the cluster without the token that the API server added; its defaults are still in it. */
export function asInjected(spec: V1PodSpec | undefined): object {
  const { containers = [], initContainers, volumes, ...rest } = spec ?? {};
  return {
    ...rest,
    containers: trimmed(containers),
    ...(initContainers !== undefined && { initContainers: trimmed(initContainers) }),
    volumes: volumes?.filter((volume) => !isToken(volume)),
  };
}

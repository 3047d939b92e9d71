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

/** As the API server writes it: nothing for null and for an empty list, `1Gi` for `1024Mi`. */
export function canonical(value: unknown): unknown {
  const mebibytes = typeof value === 'string' ? /^(\d+)Mi$/.exec(value)?.[1] : undefined;
  if (mebibytes !== undefined && Number(mebibytes) % 1024 === 0) return `${Number(mebibytes) / 1024}Gi`;
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(
    entries.filter(([, item]) => !isNothing(item)).map(([key, item]) => [key, canonical(item)]),
  );
}

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

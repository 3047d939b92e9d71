import { hostname } from 'node:os';
import type { V1Container, V1ObjectFieldSelector, V1Pod, V1ResourceFieldSelector } from '@kubernetes/client-node';
import { parseQuantity } from '../kubernetes/quantity.ts';

const LOOPBACK = '127.0.0.1';

/**
 * What a `fieldRef` gives: of the metadata all, of spec and status what has a meaning on this machine.
 *
 * @returns undefined if it cannot be known here
 */
export function fieldOfPod({ metadata, spec }: V1Pod, { fieldPath }: V1ObjectFieldSelector): string | undefined {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath) ?? [];
  if ((map === 'labels' || map === 'annotations') && key !== undefined) return metadata?.[map]?.[key] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
      return metadata?.name;
    case 'metadata.namespace':
      return metadata?.namespace;
    case 'metadata.uid':
      return metadata?.uid;
    case 'metadata.labels':
    case 'metadata.annotations':
      return linesOf(metadata?.[fieldPath === 'metadata.labels' ? 'labels' : 'annotations'] ?? {});
    case 'spec.serviceAccountName':
      return spec?.serviceAccountName ?? 'default';
    case 'spec.nodeName':
      return hostname();
    case 'status.podIP':
    case 'status.podIPs':
    case 'status.hostIP':
    case 'status.hostIPs':
      return LOOPBACK;
    default:
      return undefined;
  }
}

/** As the kubelet writes a map into a file of a downwardAPI volume: `key="value"`, sorted. */
function linesOf(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/**
 * What a `resourceFieldRef` gives: a request or limit in units of the divisor, rounded up.
 *
 * @returns undefined if the container sets none: the kubelet would take what its node has
 */
export function resourceOfContainer(
  { resources }: V1Container,
  { resource, divisor }: V1ResourceFieldSelector,
): string | undefined {
  const [kind, name] = resource.split('.', 2);
  const quantity = kind === 'limits' || kind === 'requests' ? resources?.[kind]?.[name ?? ''] : undefined;
  const value = quantity === undefined ? undefined : parseQuantity(quantity);
  // A divisor of 0 is the API's way to write the default.
  const unit = divisor === undefined || divisor === '0' ? 1 : parseQuantity(divisor);
  return value === undefined || unit === undefined ? undefined : String(Math.ceil(value / unit));
}

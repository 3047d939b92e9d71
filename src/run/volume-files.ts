import type {
  V1DownwardAPIVolumeFile,
  V1KeyToPath,
  V1Pod,
  V1Volume,
  V1VolumeProjection,
} from '@kubernetes/client-node';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Resources } from '../manifests/resources.ts';
import { fieldOfPod, resourceOfContainer } from './pod-facts.ts';
import { contentsOf } from './resource-contents.ts';

interface VolumeFile {
  readonly content: Buffer;
  readonly secret: boolean;
}

/** What the kubelet would write into a volume, by relative path, and what of it cannot be known here. */
export interface VolumeFiles {
  readonly files: ReadonlyMap<string, VolumeFile>;
  readonly missing: readonly string[];
}

/**
 * The files of a configMap, secret, downwardAPI or projected volume.
 *
 * @returns undefined for all other kinds, which begin empty or hold what a cluster has
 */
export function projectedFiles(volume: V1Volume, pod: V1Pod, resources: Resources): VolumeFiles | undefined {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (projected !== undefined) {
    return merged((projected.sources ?? []).map((source) => filesOfProjection(source, pod, resources)));
  }
  if (configMap === undefined && secret === undefined && downwardAPI === undefined) return undefined;
  return filesOfProjection(
    {
      ...(configMap !== undefined && { configMap }),
      ...(secret !== undefined && {
        secret: {
          ...secret,
          ...(secret.secretName !== undefined && { name: secret.secretName }),
        },
      }),
      ...(downwardAPI !== undefined && { downwardAPI }),
    },
    pod,
    resources,
  );
}

function filesOfProjection(source: V1VolumeProjection, pod: V1Pod, resources: Resources): VolumeFiles {
  const namespace = pod.metadata?.namespace ?? '';
  const { configMap, secret, downwardAPI } = source;
  if (configMap !== undefined) {
    const object = resources.configMap(namespace, configMap.name ?? '');
    return filesOfObject('ConfigMap', configMap, object);
  }
  if (secret !== undefined) return filesOfObject('Secret', secret, resources.secret(namespace, secret.name ?? ''));
  if (downwardAPI !== undefined) return merged((downwardAPI.items ?? []).map((item) => downwardFile(item, pod)));
  return { files: new Map(), missing: [`${Object.keys(source).join(', ')} is known in a cluster only`] };
}

interface KeySelection {
  readonly name?: string;
  readonly items?: readonly V1KeyToPath[];
  readonly optional?: boolean;
}

function filesOfObject(
  kind: 'ConfigMap' | 'Secret',
  { name = '', items, optional }: KeySelection,
  object: KubernetesObject | undefined,
): VolumeFiles {
  const files = new Map<string, VolumeFile>();
  const missing: string[] = [];
  const contents = object === undefined ? new Map<string, Buffer>() : contentsOf(object);
  if (object === undefined && optional !== true) missing.push(`the ${kind} ${name} is not in the input`);
  for (const { key, path } of items ?? [...contents.keys()].map((key) => ({ key, path: key }))) {
    const content = contents.get(key);
    if (content !== undefined) files.set(path, { content, secret: kind === 'Secret' });
    else if (object !== undefined && optional !== true) missing.push(`the ${kind} ${name} has no key "${key}"`);
  }
  return { files, missing };
}

function downwardFile({ path, fieldRef, resourceFieldRef }: V1DownwardAPIVolumeFile, pod: V1Pod): VolumeFiles {
  const container = pod.spec?.containers.find(({ name }) => name === resourceFieldRef?.containerName);
  const text =
    fieldRef !== undefined
      ? fieldOfPod(pod, fieldRef)
      : resourceFieldRef !== undefined && container !== undefined
        ? resourceOfContainer(container, resourceFieldRef)
        : undefined;
  return text === undefined
    ? { files: new Map(), missing: [`${path} is known in a cluster only`] }
    : { files: new Map([[path, { content: Buffer.from(text), secret: false }]]), missing: [] };
}

function merged(parts: readonly VolumeFiles[]): VolumeFiles {
  return {
    files: new Map(parts.flatMap(({ files }) => [...files])),
    missing: parts.flatMap(({ missing }) => missing),
  };
}

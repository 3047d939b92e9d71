/** Files as ConfigMaps: one, or several if they are larger than one may be. */
import type { SourceFiles } from '../function/files.ts';
import { FUNCTION_LABEL } from '../function/keys.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { inKibibytes, LARGEST_CONFIG_MAP } from '../manifests/config-map-size.ts';
import { keyOfPath } from './keys.ts';

/** As many as `buildless.dev/source` may name (function/source.ts). */
const MOST_CONFIG_MAPS = 10;

/** A ConfigMap, and the path in the source that each of its keys stands for. */
export interface GeneratedConfigMap {
  readonly name: string;
  readonly object: KubernetesObject;
  readonly paths: ReadonlyMap<string, string>;
}

/**
 * Divides files among ConfigMaps in the order of their paths, so that the same files always become the same objects.
 *
 * @param name of the Function; the ConfigMaps are NAME, NAME-2, NAME-3 ...
 * @param files each at most as large as a ConfigMap, with a path that a key can stand for
 */
export function configMapsOf(
  name: string,
  files: SourceFiles,
): readonly GeneratedConfigMap[] | { readonly problem: string; readonly fix: string } {
  const parts: [string, Uint8Array][][] = [];
  let size = Infinity;
  for (const [path, content] of files) {
    if (size + content.byteLength > LARGEST_CONFIG_MAP) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push([path, content]);
    size += content.byteLength;
  }
  if (parts.length > MOST_CONFIG_MAPS) {
    const all = [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    return {
      problem: `the files have ${inKibibytes(all)}, which is more than ${MOST_CONFIG_MAPS} ConfigMaps hold`,
      fix: 'leave files out with .gitignore, or use a Git repository as the source',
    };
  }
  return parts.map((part, index) => configMapOf(index === 0 ? name : `${name}-${index + 1}`, name, part));
}

function configMapOf(
  name: string,
  functionName: string,
  files: readonly (readonly [string, Uint8Array])[],
): GeneratedConfigMap {
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  const paths = new Map<string, string>();
  for (const [path, content] of files) {
    const key = keyOfPath(path);
    if (key === undefined) throw new Error(`${path} has no key`);
    paths.set(key, path);
    const text = textOf(content);
    if (text === undefined) binaryData[key] = Buffer.from(content).toString('base64');
    else data[key] = text;
  }
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { [FUNCTION_LABEL]: functionName } },
    ...(Object.keys(data).length > 0 && { data }),
    ...(Object.keys(binaryData).length > 0 && { binaryData }),
  };
  return { name, object, paths };
}

/** Byte for byte; undefined if the content is not UTF-8. */
export function textOf(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

import { isObject, type KubernetesObject } from '../kubernetes/object.ts';

/** The API server's limit of a ConfigMap's data (https://kubernetes.io/docs/concepts/configuration/configmap/). */
export const LARGEST_CONFIG_MAP = 1024 * 1024;

/** In bytes, as the API server counts: the values, decoded, without their keys. */
export function sizeOfConfigMap({ data, binaryData }: KubernetesObject): number {
  const sum = (value: unknown, encoding: BufferEncoding): number =>
    Object.values(isObject(value) ? value : {}).reduce<number>(
      (bytes, text) => bytes + (typeof text === 'string' ? Buffer.byteLength(text, encoding) : 0),
      0,
    );
  return sum(data, 'utf8') + sum(binaryData, 'base64');
}

export const inKibibytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;

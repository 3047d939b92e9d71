import { isObject, type KubernetesObject } from '../kubernetes/object.ts';

/** Keys and values of a ConfigMap (`data`, `binaryData`) or a Secret (`data` in base64, `stringData` over it). */
export function contentsOf(object: KubernetesObject): ReadonlyMap<string, Buffer> {
  const isSecret = object.kind === 'Secret';
  return new Map([
    ...entriesOf(object.data, isSecret ? 'base64' : 'utf8'),
    ...entriesOf(object.binaryData, 'base64'),
    ...entriesOf(object.stringData, 'utf8'),
  ]);
}

function entriesOf(field: unknown, encoding: BufferEncoding): [string, Buffer][] {
  const entries = isObject(field) ? Object.entries(field) : [];
  return entries
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([key, text]) => [key, Buffer.from(text, encoding)]);
}

import type { ConfigMapGenerator } from './parse.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { textOf } from '../config-maps.ts';

/** kustomize breaks base64 into lines of this length (api/internal/generators/utils.go). */
const BASE64_LINE = 70;

/** The ConfigMap that kustomize generates, without a hash in its name. */
export function generatedConfigMap(
  { name, files, literals, labels, annotations, immutable }: ConfigMapGenerator,
  contents: ReadonlyMap<string, Uint8Array>,
  namespace: string | undefined,
): KubernetesObject {
  const data: [string, string][] = literals.map(({ key, value }) => [key, value]);
  const binaryData: [string, string][] = [];
  for (const { key, file } of files) {
    const content = contents.get(file) ?? new Uint8Array();
    const text = textOf(content);
    if (text === undefined) binaryData.push([key, inLines(Buffer.from(content).toString('base64'))]);
    else data.push([key, text]);
  }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    ...(data.length > 0 && { data: Object.fromEntries(data) }),
    ...(binaryData.length > 0 && { binaryData: Object.fromEntries(binaryData) }),
    ...(immutable && { immutable }),
  };
}

function inLines(text: string): string {
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += BASE64_LINE) lines.push(text.slice(at, at + BASE64_LINE));
  return `${lines.join('\n')}\n`;
}

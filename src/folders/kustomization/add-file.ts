/** Gives a ConfigMap of a kustomization one more file, as an author would write it. */
import { isObject } from '../../kubernetes/object.ts';
import { replaceParts } from '../../manifests/edit.ts';
import { parseKubernetesYaml } from '../../manifests/kubernetes-yaml.ts';
import { plainValue } from '../../yaml/problems.ts';

export interface AddedFile {
  /** Name of the ConfigMap, which may end in a hash. */
  readonly configMap: string;
  /** File of the generator whose list gets the new one. */
  readonly beside: string;
  /** As `files` of a generator names it. */
  readonly entry: string;
}

/**
 * Comments and layout stay.
 *
 * @returns undefined if no generator has the ConfigMap, several may have it, or the file cannot be written without erasing comments
 */
export function withFile(text: string, { configMap, beside, entry }: AddedFile): string | undefined {
  const { documents, lines } = parseKubernetesYaml(text);
  const [parsed, second] = documents;
  if (parsed === undefined || second !== undefined || parsed.errors.length > 0) return undefined;
  const plain = plainValue(parsed, { file: '', lines });
  if (!('value' in plain) || !isObject(plain.value)) return undefined;
  const object = plain.value;
  const generators: readonly unknown[] = Array.isArray(object.configMapGenerator) ? object.configMapGenerator : [];
  const [found, other] = generators.flatMap((generator, index) => {
    if (!isObject(generator) || typeof generator.name !== 'string' || !configMap.includes(generator.name)) return [];
    const files: readonly unknown[] = Array.isArray(generator.files) ? generator.files : [];
    return files.includes(beside) ? [{ index, template: { ...generator, files: [...files, entry] } }] : [];
  });
  if (found === undefined || other !== undefined) return undefined;
  const document = { file: '', index: 1, object, text, offset: 0, parsed, lines };
  const edited = replaceParts(document, [{ path: ['configMapGenerator', found.index], template: found.template }]);
  return 'text' in edited ? edited.text : undefined;
}

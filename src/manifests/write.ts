import type { EditedDocument } from './edit.ts';
import { isList, type KubernetesObject } from '../kubernetes/object.ts';

/**
 * Writes documents as one YAML stream. A document that was not edited comes out byte for byte.
 *
 * @param documents in the order of the input
 */
export function writeYaml(documents: readonly Pick<EditedDocument, 'file' | 'text'>[]): string {
  let output = '';
  let file: string | undefined;
  for (const document of documents) {
    if (output !== '' && !output.endsWith('\n')) output += '\n';
    // Within a file the text has its separators; between two files one may be missing.
    if (output !== '' && document.file !== file && !STARTS_DOCUMENT.test(document.text)) output += '---\n';
    output += document.text;
    file = document.file;
  }
  return output === '' || output.endsWith('\n') ? output : `${output}\n`;
}

/** Comments and empty lines may be before the `---`. */
const STARTS_DOCUMENT = /^\uFEFF?(?:[ \t]*(?:#[^\n]*)?\r?\n)*---(?:\s|$)/;

/** Writes documents as JSON: one object as it is, several as a List, as `kubectl get --output json` does. */
export function writeJson(documents: readonly Pick<EditedDocument, 'object'>[]): string {
  const [only, ...others] = documents;
  const items = documents.flatMap(({ object }): readonly unknown[] => (isList(object) ? object.items : [object]));
  const list: KubernetesObject = { apiVersion: 'v1', kind: 'List', items };
  return `${JSON.stringify(others.length === 0 && only !== undefined ? only.object : list, null, 2)}\n`;
}

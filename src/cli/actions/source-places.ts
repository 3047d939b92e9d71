/** Where the files of a Function's source are in the input. */
import path from 'node:path';
import { sourceOf } from '../../admission/judge-pod.ts';
import type { ReviewContext } from '../../admission/review-context.ts';
import { pathOfKey } from '../../function/files.ts';
import { parsePod } from '../../function/pod-shape.ts';
import { isObject } from '../../kubernetes/object.ts';
import { fileOfKey, type ManifestDocument } from '../../manifests/documents.ts';
import { placeOfText } from '../../manifests/file-place.ts';
import type { LocatedObject, LocatedObjects } from '../../manifests/located-objects.ts';
import { STDIN_NAME } from '../../manifests/read.ts';
import { podTemplateOf, type Path, type Template } from '../../manifests/templates.ts';
import type { Finding } from '../../outcome/finding.ts';
import type { Problem } from '../../outcome/problem.ts';
import type { AuthoredFile } from '../../run/authored-paths.ts';
import { printFindings } from '../terminal.ts';
import { describe } from './input.ts';

/** A ConfigMap that a Function's files come from. */
export interface SourcePlace {
  readonly object: LocatedObject;
  readonly name: string;
}

/** The ConfigMaps of the input that a Function is made of. */
export function sourcePlaces(
  template: Template,
  namespace: string,
  context: Pick<ReviewContext, 'configuration'>,
  objects: LocatedObjects,
): readonly SourcePlace[] {
  const parsed = parsePod(podTemplateOf(template));
  const source = 'pod' in parsed ? sourceOf(parsed.pod, context) : undefined;
  if (source?.reference.type !== 'configmap') return [];
  return source.reference.names.flatMap((name) => {
    const object = objects.find('ConfigMap', namespace, name);
    return object === undefined ? [] : [{ object, name }];
  });
}

/** Where a file of the source is in a ConfigMap. */
export function keyOfFile({ object }: LocatedObject, file: string): Path | undefined {
  for (const field of ['data', 'binaryData'] as const) {
    const value = object[field];
    const key = isObject(value) ? Object.keys(value).find((each) => pathOfKey(each) === file) : undefined;
    if (key !== undefined) return [field, key];
  }
  return undefined;
}

/** The author's own file that a file of a source was read from; undefined if it is written in a manifest. */
function authoredFile(file: string, sources: readonly SourcePlace[]): string | undefined {
  for (const { object } of sources) {
    const key = keyOfFile(object, file);
    if (key !== undefined) return fileOfKey(object.document, key);
  }
  return undefined;
}

/** Prints findings of a template: those of a file of a folder with its path, the others with the document. */
export function printTemplateFindings(
  kind: 'error' | 'warning',
  findings: readonly (Finding<string> | Problem)[],
  document: ManifestDocument,
  sources: readonly SourcePlace[],
): void {
  for (const finding of findings) {
    const authored = finding.file === undefined ? undefined : authoredFile(finding.file, sources);
    if (authored === undefined) printFindings(kind, [finding], describe(document));
    else printFindings(kind, [{ ...finding, file: authored }]);
  }
}

/** What a Function's source was read from, by path in the source: files, or keys of ConfigMaps in manifests. */
export function authoredFiles(sources: readonly SourcePlace[]): ReadonlyMap<string, AuthoredFile> {
  const files = new Map<string, AuthoredFile>();
  for (const { object: located } of sources) {
    for (const field of ['data', 'binaryData'] as const) {
      const value = located.object[field];
      for (const key of isObject(value) ? Object.keys(value) : []) {
        const name = pathOfKey(key);
        const authored = authoredAt(located, [field, key]);
        if (name !== undefined && authored !== undefined) files.set(name, authored);
      }
    }
  }
  return files;
}

function authoredAt({ document, path: within }: LocatedObject, key: Path): AuthoredFile | undefined {
  const file = fileOfKey(document, key);
  if (file !== undefined) return { file: path.resolve(file) };
  // A kustomization made it of something else.
  if (document.origin !== undefined && document.origin.document === undefined) return undefined;
  const manifest = document.origin?.document ?? document;
  return {
    file: manifest.file === STDIN_NAME ? manifest.file : path.resolve(manifest.file),
    placeOf: (place) => placeOfText(manifest, [...within, ...key], place),
  };
}

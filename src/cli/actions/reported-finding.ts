import { fileOfKey, placeOfDocument, type ManifestDocument } from '../../manifests/documents.ts';
import { placeOfText } from '../../manifests/file-place.ts';
import type { LocatedObject } from '../../manifests/located-objects.ts';
import type { Path } from '../../manifests/templates.ts';
import type { Finding } from '../../outcome/finding.ts';
import { formatPlace, keysOf, type OtherObject, type Place } from '../../outcome/place.ts';
import { aboutOf, type ReportedFinding } from '../../report/report.ts';
import { keyOfFile, type SourcePlace } from './source-places.ts';

export interface FindingContext {
  /** That holds the object which was judged. */
  readonly document: ManifestDocument;
  /** `Deployment shop`. */
  readonly object: string;
  readonly sources: readonly SourcePlace[];
  /** Where the input has it. */
  readonly namespace?: LocatedObject;
}

/** Gives a finding the place in the manifest of what it is about. */
export function reportedFinding(
  severity: ReportedFinding['severity'],
  finding: Finding<string>,
  { document, object, sources, namespace }: FindingContext,
): ReportedFinding {
  const about = { severity, ...aboutOf(finding) };
  const { file, line, column, field = [] } = finding;
  const source = file === undefined ? undefined : placeOfFile(sources, file);
  if (file !== undefined && source !== undefined) {
    const inFile = { ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
    const inManifest = { object: `ConfigMap ${source.name}`, source: { file, ...inFile } };
    const { document: holder, path } = source.object;
    const key = keyOfFile(source.object, file);
    if (holder.origin !== undefined && holder.origin.document === undefined) {
      const authored = key === undefined ? undefined : fileOfKey(holder, key);
      return authored === undefined
        ? { ...about, file: holder.origin.file, ...inManifest }
        : { ...about, file: authored, ...inFile };
    }
    const manifest = holder.origin?.document ?? holder;
    const place = line === undefined ? undefined : { line, column: column ?? 1 };
    return {
      ...about,
      file: manifest.file,
      ...placeOfText(manifest, [...path, ...(key ?? ['data'])], place),
      ...inManifest,
    };
  }
  const holder = holderOf(finding.object, sources, namespace);
  if (holder !== undefined) {
    const path = [...holder.object.path, ...keysOf(field)];
    return { ...about, ...placed(holder.object.document, path), object: holder.name, ...printed({ field }) };
  }
  return {
    ...about,
    ...placed(document, finding.object === undefined ? keysOf(field) : []),
    object,
    ...printed({ ...(finding.object !== undefined && { object: finding.object }), field }),
  };
}

/** The object of the input that has the field, if it is not the judged one. */
function holderOf(
  object: OtherObject | undefined,
  sources: readonly SourcePlace[],
  namespace: LocatedObject | undefined,
): { readonly object: LocatedObject; readonly name: string } | undefined {
  switch (object?.kind) {
    case undefined:
      return undefined;
    case 'ConfigMap': {
      const source = sources.find(({ name }) => name === object.name);
      return source && { object: source.object, name: `ConfigMap ${source.name}` };
    }
    case 'Namespace':
      return namespace && { object: namespace, name: `Namespace ${namespace.name}` };
  }
}

function printed(place: Pick<Place, 'object' | 'field'>): { readonly field?: string } {
  const field = formatPlace(place);
  return field === '' ? {} : { field };
}

function placed(document: ManifestDocument, path: Path): Pick<ReportedFinding, 'file' | 'line' | 'column'> {
  const { file = document.file, line, column } = placeOfDocument(document, path);
  return {
    file,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}

/** The ConfigMap that has a file; the first one if the file is missing. */
const placeOfFile = (sources: readonly SourcePlace[], file: string): SourcePlace | undefined =>
  sources.find(({ object }) => keyOfFile(object, file) !== undefined) ?? sources[0];

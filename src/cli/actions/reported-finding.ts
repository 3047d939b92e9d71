import { pathOfKey } from '../../function/files.ts';
import { placeOfDocument, type ManifestDocument } from '../../manifests/documents.ts';
import { placeOfText } from '../../manifests/file-place.ts';
import type { LocatedObject } from '../../manifests/located-objects.ts';
import { isObject } from '../../kubernetes/object.ts';
import type { Path } from '../../manifests/templates.ts';
import type { Finding } from '../../outcome/finding.ts';
import { formatPlace, keysOf, type OtherObject, type Place } from '../../outcome/place.ts';
import { aboutOf, type ReportedFinding } from '../../report/report.ts';

/** A ConfigMap that a Function's files come from. */
export interface SourcePlace {
  readonly object: LocatedObject;
  readonly name: string;
}

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
    const inFile = line === undefined ? undefined : { line, column: column ?? 1 };
    return {
      ...about,
      file: source.object.document.file,
      ...placeOfText(
        source.object.document,
        [...source.object.path, ...(keyOfFile(source.object, file) ?? ['data'])],
        inFile,
      ),
      object: `ConfigMap ${source.name}`,
      source: { file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) },
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
  const { line, column } = placeOfDocument(document, path);
  return {
    file: document.file,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}

/** The ConfigMap that has a file; the first one if the file is missing. */
const placeOfFile = (sources: readonly SourcePlace[], file: string): SourcePlace | undefined =>
  sources.find(({ object }) => keyOfFile(object, file) !== undefined) ?? sources[0];

/** Where a file of the source is in a ConfigMap. */
function keyOfFile({ object }: LocatedObject, file: string): Path | undefined {
  for (const field of ['data', 'binaryData'] as const) {
    const value = object[field];
    const key = isObject(value) ? Object.keys(value).find((each) => pathOfKey(each) === file) : undefined;
    if (key !== undefined) return [field, key];
  }
  return undefined;
}

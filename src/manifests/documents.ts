import { isScalar, type Document, type LineCounter } from 'yaml';
import type { Problem } from '../outcome/problem.ts';
import type { Place } from '../outcome/place.ts';
import { offsetOfPath } from '../yaml/places.ts';
import { plainValue, problemsOfDocument } from '../yaml/problems.ts';
import { parseKubernetesYaml } from './kubernetes-yaml.ts';
import { isObject, type KubernetesObject } from '../kubernetes/object.ts';

/** One Kubernetes object (or List of them) of a file, with all that is needed to write it back as it was. */
export interface ManifestDocument {
  readonly file: string;
  /** 1-based, among the documents of the file that are not empty. */
  readonly index: number;
  readonly object: KubernetesObject;
  /** The document's own part of the file, with its `---`, comments and whatever empty documents stood before it. */
  readonly text: string;
  /** The parsed document; its offsets count from the beginning of the file. */
  readonly parsed: Document.Parsed;
  readonly lines: LineCounter;
  /** Where `text` begins in the file. */
  readonly offset: number;
  /** Of a document that no file of the user has as it is. */
  readonly origin?: Origin;
}

/** What a document was made from: places of it are shown there. */
export interface Origin {
  /** As the command line names it, for whatever has no file of its own: the folder, or its kustomization. */
  readonly file: string;
  /** By key of a ConfigMap: the author's file, byte for byte. */
  readonly files: ReadonlyMap<string, string>;
  /** The author's document, whose fields this one has in the same places. */
  readonly document?: ManifestDocument;
}

/** The documents of a file, or everything that keeps it from being read. */
export type ParsedManifests =
  | { readonly documents: readonly ManifestDocument[] }
  | {
      readonly findings: readonly Problem[];
      /** Nothing in the file looks like a manifest: it may be any other YAML or JSON, such as the values of a chart. */
      readonly foreign: boolean;
    };

/**
 * Reads the text of a manifest file: YAML with any number of documents, or JSON objects one after the other.
 *
 * @param file name for messages
 */
export function parseManifests(text: string, file: string): ParsedManifests {
  const { documents: parsed, lines } = parse(text);
  if (parsed === undefined) {
    return {
      findings: [{ file, problem: 'the file is nested too deeply', fix: 'write a flatter one' }],
      foreign: !NAMES_KIND.test(text),
    };
  }
  const malformed = parsed.flatMap((document) => problemsOfDocument(document, { file, lines }));
  if (malformed.length > 0) return { findings: malformed, foreign: !NAMES_KIND.test(text) };

  const findings: Problem[] = [];
  let foreign = true;
  const documents: ManifestDocument[] = [];
  for (const [position, document] of parsed.entries()) {
    const plain = plainValue(document, { file, lines });
    if ('finding' in plain) {
      findings.push(plain.finding);
      continue;
    }
    // An empty document belongs to what follows it, or, at the end, to what came before.
    if (plain.value === null || plain.value === undefined) continue;
    if (looksLikeManifest(plain.value)) foreign = false;
    const fault = faultOf(plain.value);
    if (fault !== undefined || !isObject(plain.value)) {
      const { line, col } = lines.linePos(offsetOfPath(document, []));
      findings.push({ file, line, column: col, ...(fault ?? NO_OBJECT) });
      continue;
    }
    const last = documents.at(-1);
    const offset = last === undefined ? 0 : last.offset + last.text.length;
    const following = parsed.slice(position + 1);
    const end = following.every(isEmpty) ? text.length : (following[0]?.range[0] ?? text.length);
    documents.push({
      file,
      index: documents.length + 1,
      object: plain.value,
      text: text.slice(offset, end),
      parsed: document,
      lines,
      offset,
    });
  }
  return findings.length > 0 ? { findings, foreign } : { documents };
}

/** The parser descends by recursion; what overflows the stack is not a manifest. */
function parse(text: string): { readonly documents?: readonly Document.Parsed[]; readonly lines: LineCounter } {
  try {
    return parseKubernetesYaml(text);
  } catch (error) {
    if (error instanceof RangeError) return { lines: parseKubernetesYaml('').lines };
    throw error;
  }
}

const isEmpty = ({ contents }: Document.Parsed): boolean =>
  contents === null || (isScalar(contents) && (contents.value === null || contents.value === undefined));

/** Of a file that cannot be parsed: a key of a manifest at the beginning of a line, or in JSON. */
const NAMES_KIND = /^(?:apiVersion|kind)[ \t]*:|"apiVersion"/m;

const looksLikeManifest = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  const named = ['apiVersion', 'kind'].filter((field) => field in value).length;
  return named === 2 || (named === 1 && ['metadata', 'spec', 'items', 'data'].some((field) => field in value));
};

const NO_OBJECT = {
  problem: 'this is not a Kubernetes object',
  fix: 'write apiVersion, kind and the rest of a manifest',
};

function faultOf(value: unknown): { readonly problem: string; readonly fix: string } | undefined {
  if (!isObject(value)) return NO_OBJECT;
  const missing = ['apiVersion', 'kind'].filter((field) => typeof value[field] !== 'string' || value[field] === '');
  if (missing.length === 0) return undefined;
  return {
    problem: `this object has no ${missing.join(' and no ')}`,
    fix: 'add what is missing, or leave the file out',
  };
}

/** How messages call a document: its file, and its number where the file has several. */
export function placeOfDocument(document: ManifestDocument, path: readonly PropertyKey[] = []): Place {
  const { origin } = document;
  if (origin?.document !== undefined) return placeOfDocument(origin.document, path);
  if (origin !== undefined) return { file: fileOfKey(document, path) ?? origin.file };
  const { line, col } = document.lines.linePos(offsetOfPath(document.parsed, path));
  return { file: document.file, line, column: col };
}

/** The author's file that a key of a generated ConfigMap stands for. */
export function fileOfKey(
  { origin }: Pick<ManifestDocument, 'origin'>,
  path: readonly PropertyKey[],
): string | undefined {
  const [map, key] = path;
  return typeof key === 'string' && (map === 'data' || map === 'binaryData') ? origin?.files.get(key) : undefined;
}

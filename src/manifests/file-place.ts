/**
 * Where a place in a file of a ConfigMap is in the manifest itself, so that an editor or a review can show it.
 */
import { isAlias, isMap, isSeq, type Document, type LineCounter, isScalar, type Scalar } from 'yaml';
import { offsetOfPath } from '../yaml/places.ts';
import type { ManifestDocument } from './documents.ts';
import { pairAt } from './splice.ts';
import type { Path } from './templates.ts';

/** 1-based, columns in UTF-16 code units. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

type TextOfManifest = Pick<ManifestDocument, 'text' | 'offset' | 'parsed' | 'lines'>;

/**
 * Finds the place in a manifest of a place in a string that it holds.
 *
 * @param path to the text, e.g. ['data', 'package.json']
 * @param place in the text; its beginning where absent
 * @returns the place, or that of the key where the text is written so that its lines are not those of the manifest
 *   (folded, base64)
 */
export function placeOfText(manifest: TextOfManifest, path: Path, place: TextPlace | undefined): TextPlace {
  const key = linePlace(manifest.lines, offsetOfPath(manifest.parsed, path, true));
  const scalar = scalarAt(manifest.parsed, path);
  if (place === undefined || !scalar?.range) return key;
  switch (scalar.type) {
    case 'BLOCK_LITERAL':
      return placeInBlock(manifest, scalar, place) ?? key;
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE':
    case 'PLAIN': {
      const offset = offsetInFlow(manifest, scalar, place);
      return offset === undefined ? key : linePlace(manifest.lines, offset);
    }
    default:
      return key;
  }
}

function linePlace(lines: LineCounter, offset: number): TextPlace {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function scalarAt(document: Document.Parsed, path: Path): Scalar | undefined {
  let node: unknown = document.contents;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) node = node.items[Number(step)];
    else if (isMap(node)) node = pairAt(node, step)?.value;
    else return undefined;
  }
  return isScalar(node) ? node : undefined;
}

/** Each line of a block (`|`) is a line of the manifest behind some indentation. */
function placeInBlock(manifest: TextOfManifest, { range, value }: Scalar, place: TextPlace): TextPlace | undefined {
  if (!range || typeof value !== 'string') return undefined;
  const content = value.split('\n')[place.line - 1];
  const line = manifest.lines.linePos(range[0]).line + place.line;
  const written = lineAt(manifest, line);
  if (content === undefined || written?.endsWith(content) !== true) return undefined;
  return { line, column: written.length - content.length + place.column };
}

function lineAt({ text, offset, lines }: TextOfManifest, line: number): string | undefined {
  const start = lines.lineStarts[line - 1];
  if (start === undefined) return undefined;
  const end = text.indexOf('\n', start - offset);
  return text.slice(start - offset, end === -1 ? text.length : end).replace(/\r$/, '');
}

/** A string on one line of the manifest: each escape is one character of the text. */
function offsetInFlow({ text, offset }: TextOfManifest, scalar: Scalar, place: TextPlace): number | undefined {
  const { range, value, type } = scalar;
  if (!range || typeof value !== 'string') return undefined;
  const written = text.slice(range[0] - offset, range[1] - offset);
  // Broken over lines it is folded, and lines of the text are not lines here.
  if (written.includes('\n')) return undefined;
  const wanted = offsetOf(value, place);
  const quoted = type === 'PLAIN' ? 0 : 1;
  let position = quoted;
  let count = 0;
  while (count < wanted && position < written.length - quoted) {
    const [length, units] = characterAt(written, position, type);
    position += length;
    count += units;
  }
  return range[0] + position;
}

/** Length of a character as it is written, and of what it stands for, in UTF-16 code units. */
function characterAt(
  written: string,
  position: number,
  type: Scalar['type'],
): readonly [length: number, units: number] {
  if (type === 'QUOTE_SINGLE') return [written.startsWith("''", position) ? 2 : 1, 1];
  if (type !== 'QUOTE_DOUBLE' || written[position] !== '\\') return [1, 1];
  switch (written[position + 1]) {
    case 'x':
      return [4, 1];
    case 'u':
      return [6, 1];
    case 'U':
      return [10, Number.parseInt(written.slice(position + 2, position + 10), 16) > 0xffff ? 2 : 1];
    default:
      return [2, 1];
  }
}

function offsetOf(text: string, { line, column }: TextPlace): number {
  let start = 0;
  for (let skipped = 1; skipped < line; skipped += 1) {
    const end = text.indexOf('\n', start);
    if (end === -1) return text.length;
    start = end + 1;
  }
  return start + column - 1;
}

import { isJsonObject, type JsonObject } from '../../json/object.ts';
import { type JsonPlace, jsonPlace } from './json-place.ts';
import { type JsonNode, walkJson } from './json-walk.ts';

/** 1-based; the column in UTF-16 code units. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A JSON file whose root is an object. */
export interface JsonFile {
  readonly file: string;
  readonly value: JsonObject;
  /**
   * Whether the text is what `JSON.stringify` makes of the value, perhaps indented: then no name is in it twice. So it is for
   * nearly every lock, as npm writes it like that, and it is found out once, in a fraction of the time that `nodes` takes.
   */
  readonly isAsWritten: () => boolean;
  /** All names with their places, for whoever looks for one that stands twice. */
  readonly nodes: () => JsonNode;
  readonly position: (offset: number) => Position;
  /** Place of a value, or of the nearest one around it that is there. */
  readonly positionOf: (path: readonly string[], part?: 'key' | 'value') => Position;
}

export interface JsonProblem extends Position {
  readonly problem: string;
  readonly fix: string;
}

/**
 * Reads a JSON file as npm does: UTF-8, a byte order mark is passed over, no comments.
 *
 * @param depth levels of names whose places are kept
 */
export function readJsonFile(file: string, content: Uint8Array, depth: number): JsonFile | JsonProblem {
  const text = decode(content);
  const position = positions(text);
  if (hasConflict(text)) {
    return {
      ...position(text.search(/<{7}/)),
      problem: 'it has the marks of a merge conflict, of which npm would take one side',
      fix: 'resolve the conflict',
    };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const fault = walkJson(text, 0);
    return {
      ...position('problem' in fault ? fault.offset : 0),
      problem: `it is not valid JSON: ${'problem' in fault ? fault.problem : 'the text cannot be parsed'}`,
      fix: 'correct the JSON',
    };
  }
  if (!isJsonObject(value)) {
    return {
      ...position(0),
      problem: `it holds ${nameOf(value)} where npm expects an object`,
      fix: 'begin it with "{"',
    };
  }
  let asWritten: boolean | undefined;
  const isUnique = (): boolean => (asWritten ??= isAsWritten(text, value));
  let root: JsonPlace | undefined;
  return {
    file,
    value,
    isAsWritten: isUnique,
    nodes: () => nodesOf(text, depth),
    position,
    positionOf: (path, part = 'value') => {
      root ??= jsonPlace({ text, isUnique });
      return position(placeOf(root, path)[part]);
    },
  };
}

function isAsWritten(text: string, value: JsonObject): boolean {
  // A string holds neither a line end nor a bare quote, so that each property is still there: at most a blank behind an
  // escaped quote is lost, and then the two differ.
  const compact = text
    .trimEnd()
    .replace(/\r?\n[ \t]*/g, '')
    .replaceAll('": ', '":');
  try {
    return JSON.stringify(value) === compact;
  } catch (error) {
    // JSON.stringify recurses, and JSON.parse does not.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** As npm looks for them in a lock, also in the midst of a string (its parse-conflict-json). */
const hasConflict = (text: string): boolean =>
  text.includes('<<<<<<<') && text.includes('=======') && text.includes('>>>>>>>');

/** Buffer's decoder takes half the time of TextDecoder for text that is all ASCII, as locks are. */
function decode(content: Uint8Array): string {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** `a list`, `a number`: what a JSON value is, for a sentence. */
export function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}

function placeOf(root: JsonPlace, path: readonly string[]): JsonPlace {
  let place = root;
  for (const name of path) {
    const inside = place.find(name);
    if (inside === undefined) break;
    place = inside;
  }
  return place;
}

function nodesOf(text: string, depth: number): JsonNode {
  const walked = walkJson(text, depth);
  // JSON.parse accepted the text, so that the walk does too; were it not so, the file's beginning is the place.
  return 'problem' in walked ? { key: 0, value: 0, children: new Map(), duplicates: [] } : walked;
}

/** Line ends as editors count them: LF, CR LF, and CR alone. They are counted as far as they are asked for. */
function positions(text: string): (offset: number) => Position {
  const starts = [0];
  const ends = text.matchAll(/\r\n?|\n/g);
  return (offset) => {
    while ((starts.at(-1) ?? 0) <= offset) {
      const { value: end } = ends.next();
      starts.push(end === undefined ? Infinity : end.index + end[0].length);
    }
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

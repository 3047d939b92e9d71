/** A line of a requirements file with the lines that a backslash joins to it. */
export interface LogicalLine {
  /** Without comment and without white space around it; never empty. */
  readonly text: string;
  /** 1-based line and column of a character of `text`. */
  readonly placeOf: (offset: number) => { readonly line: number; readonly column: number };
}

/** A part of a joined line: where it begins in it, and where in the file. */
interface Part {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** What `str.splitlines` of Python takes for the end of a line, "\r\n" aside. */
const LINE_ENDS = new Set('\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029');
/** What `str.strip` and `\s` of Python take for white space. */
const WHITE_SPACE = new Set(
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
);

/**
 * Joins lines, drops comments and empty lines in the order in which pip does it (`preprocess` in its req_file.py): a
 * backslash joins without a space, and a comment line ends what a backslash began.
 */
export function* logicalLines(text: string): Generator<LogicalLine> {
  let pieces: string[] = [];
  let parts: Part[] = [];
  let length = 0;
  const add = (piece: string, line: number, column: number): void => {
    parts.push({ offset: length, line, column });
    pieces.push(piece);
    length += piece.length;
  };
  const finish = (): LogicalLine | undefined => {
    const made = makeLine(pieces.join(''), parts);
    pieces = [];
    parts = [];
    length = 0;
    return made;
  };

  let number = 0;
  for (const line of splitLines(text)) {
    number += 1;
    const isComment = line[skipWhiteSpace(line, 0)] === '#';
    if (line.endsWith('\\') && !isComment) {
      const begin = countBackslashes(line);
      let end = line.length;
      while (end > begin && line[end - 1] === '\\') end -= 1;
      add(line.slice(begin, end), number, begin + 1);
      continue;
    }
    // The space lets the comment be seen as one behind what it is joined to.
    if (isComment) add(' ', number, 1);
    add(line, number, 1);
    const made = finish();
    if (made !== undefined) yield made;
  }
  const rest = finish();
  if (rest !== undefined) yield rest;
}

/** As `str.splitlines` of Python: no empty line after a last line end. */
function* splitLines(text: string): Generator<string> {
  for (const [start, end] of linesOf(text)) yield text.slice(start, end);
}

/** Where each line begins and ends. */
function* linesOf(text: string): Generator<readonly [start: number, end: number]> {
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (!LINE_ENDS.has(text.charAt(index))) continue;
    yield [start, index];
    if (text[index] === '\r' && text[index + 1] === '\n') index += 1;
    start = index + 1;
  }
  if (start < text.length) yield [start, text.length];
}

/** The offset of a 1-based line and column, as `placeOf` gives them. */
export function offsetOfPlace(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): number {
  let number = 0;
  for (const [start] of linesOf(text)) {
    number += 1;
    if (number === line) return start + column - 1;
  }
  return text.length;
}

function makeLine(joined: string, parts: readonly Part[]): LogicalLine | undefined {
  let end = commentStart(joined);
  while (end > 0 && WHITE_SPACE.has(joined.charAt(end - 1))) end -= 1;
  const start = skipWhiteSpace(joined, 0);
  if (start >= end) return undefined;
  return {
    text: joined.slice(start, end),
    placeOf: (offset) => {
      const part = partAt(parts, start + offset);
      return { line: part.line, column: part.column + start + offset - part.offset };
    },
  };
}

/** The last part that begins at an offset or before it, found by halving: a line may be joined of thousands. */
function partAt(parts: readonly Part[], offset: number): Part {
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((parts[middle]?.offset ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return parts[low] ?? { offset: 0, line: 1, column: 1 };
}

/** Where a comment begins: at a "#" that begins the line or follows white space. */
function commentStart(line: string): number {
  for (let at = line.indexOf('#'); at !== -1; at = line.indexOf('#', at + 1)) {
    if (at === 0 || WHITE_SPACE.has(line.charAt(at - 1))) return at;
  }
  return line.length;
}

function skipWhiteSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && WHITE_SPACE.has(text.charAt(at))) at += 1;
  return at;
}

function countBackslashes(line: string): number {
  let count = 0;
  while (line[count] === '\\') count += 1;
  return count;
}

/** `str.strip` of Python. */
export function strip(text: string): string {
  let end = text.length;
  const start = skipWhiteSpace(text, 0);
  while (end > start && WHITE_SPACE.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

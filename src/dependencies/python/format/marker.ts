import { type Cursor, SyntaxProblem } from './cursor.ts';

/** pip itself stops at the recursion limit of Python, some 450 levels. */
const DEEPEST = 100;

const VARIABLE =
  /\b(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)\b/y;
const OPERATOR = /===|==|~=|!=|<=|>=|<|>|\bin\b|\bnot\b[ \t]+in\b/y;
const QUOTED = /'[^']*'|"[^"]*"/y;

/** A side of a comparison: a variable of PEP 508 by its name of today, or a string. */
export type MarkerValue = { readonly variable: string } | { readonly text: string };

export interface Comparison {
  readonly left: MarkerValue;
  /** With a single space in `not in`. */
  readonly operator: string;
  readonly right: MarkerValue;
}

/** An environment marker: alternatives, of which all terms of one have to hold ("and" binds closer than "or"). */
export interface Marker {
  readonly alternatives: readonly (readonly (Marker | Comparison)[])[];
}

/** Reads an environment marker of PEP 508 as `packaging` does. */
export function readMarker(cursor: Cursor, depth = 0): Marker | SyntaxProblem {
  if (depth > DEEPEST) return cursor.problem(`the marker is nested more than ${DEEPEST} levels deep`);
  let terms: (Marker | Comparison)[] = [];
  const alternatives = [terms];
  for (;;) {
    const term = readAtom(cursor, depth);
    if (term instanceof SyntaxProblem) return term;
    terms.push(term);
    const word = cursor.match(/\b(?:or|and)\b/y);
    if (word === undefined) return { alternatives };
    if (word === 'or') alternatives.push((terms = []));
  }
}

/** Every comparison in a marker. */
export function* comparisonsOf(marker: Marker): Generator<Comparison> {
  for (const term of marker.alternatives.flat()) {
    if ('alternatives' in term) yield* comparisonsOf(term);
    else yield term;
  }
}

function readAtom(cursor: Cursor, depth: number): Marker | Comparison | SyntaxProblem {
  cursor.skipSpace();
  const term = cursor.take('(') ? readInner(cursor, depth) : readComparison(cursor);
  if (!(term instanceof SyntaxProblem)) cursor.skipSpace();
  return term;
}

function readInner(cursor: Cursor, depth: number): Marker | SyntaxProblem {
  const inner = readMarker(cursor, depth + 1);
  if (inner instanceof SyntaxProblem || cursor.take(')')) return inner;
  return cursor.problem('a parenthesis of the marker is not closed');
}

function readComparison(cursor: Cursor): Comparison | SyntaxProblem {
  const left = readValue(cursor);
  if (left instanceof SyntaxProblem) return left;
  cursor.skipSpace();
  const operator = cursor.match(OPERATOR)?.replace(/[ \t]+/, ' ');
  if (operator === undefined) {
    return cursor.problem('a comparison such as "==", "<" or "in" is missing in the marker');
  }
  cursor.skipSpace();
  const right = readValue(cursor);
  return right instanceof SyntaxProblem ? right : { left, operator, right };
}

function readValue(cursor: Cursor): MarkerValue | SyntaxProblem {
  const variable = cursor.match(VARIABLE);
  if (variable !== undefined) return { variable: nameOfToday(variable) };
  const start = cursor.at;
  const quoted = cursor.match(QUOTED);
  if (quoted === undefined)
    return cursor.problem('a variable such as python_version, or a string in quotes, is missing in the marker');
  const text = quoted.slice(1, -1);
  return isPythonString(text) ? { text } : new SyntaxProblem('a string in the marker has a wrong escape', start);
}

/** `os.name` and `python_implementation` are names of setuptools, from before PEP 508 (`process_env_var` of packaging). */
const nameOfToday = (name: string): string =>
  /^(?:platform[._])?python_implementation$/.test(name) ? 'platform_python_implementation' : name.replace('.', '_');

/** `packaging` reads the text as a literal of Python, so its escapes must be valid. */
function isPythonString(inner: string): boolean {
  if (/[\0\r\n]/.test(inner)) return false;
  for (let at = inner.indexOf('\\'); at !== -1; at = inner.indexOf('\\', at + 2)) {
    const rest = inner.slice(at + 1, at + 10);
    if (rest === '' || rest.startsWith('N')) return false;
    if (/^x(?![0-9a-fA-F]{2})|^u(?![0-9a-fA-F]{4})|^U(?!000[0-9a-fA-F]{5}|0010[0-9a-fA-F]{4})/.test(rest)) return false;
  }
  return true;
}

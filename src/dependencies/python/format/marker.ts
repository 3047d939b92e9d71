import { type Cursor, SyntaxProblem } from './cursor.ts';

/** pip itself stops at the recursion limit of Python, some 450 levels. */
const DEEPEST = 100;

const VARIABLE =
  /\b(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)\b/y;
const OPERATOR = /===|==|~=|!=|<=|>=|<|>|\bin\b|\bnot\b[ \t]+in\b/y;
const QUOTED = /'[^']*'|"[^"]*"/y;

/**
 * Reads an environment marker of PEP 508. Whether it holds depends on the Pod and is not asked: what stands behind a marker
 * is judged as if it held.
 *
 * @returns what is wrong with it
 */
export function readMarker(cursor: Cursor, depth = 0): SyntaxProblem | undefined {
  if (depth > DEEPEST) return cursor.problem(`the marker is nested more than ${DEEPEST} levels deep`);
  do {
    const problem = readAtom(cursor, depth);
    if (problem !== undefined) return problem;
  } while (cursor.match(/\b(?:or|and)\b/y) !== undefined);
  return undefined;
}

function readAtom(cursor: Cursor, depth: number): SyntaxProblem | undefined {
  cursor.skipSpace();
  if (cursor.take('(')) {
    const problem = readMarker(cursor, depth + 1);
    if (problem !== undefined) return problem;
    if (!cursor.take(')')) return cursor.problem('a parenthesis of the marker is not closed');
  } else {
    const problem = readValue(cursor) ?? readOperator(cursor) ?? readValue(cursor);
    if (problem !== undefined) return problem;
  }
  cursor.skipSpace();
  return undefined;
}

function readOperator(cursor: Cursor): SyntaxProblem | undefined {
  cursor.skipSpace();
  if (cursor.match(OPERATOR) === undefined) {
    return cursor.problem('a comparison such as "==", "<" or "in" is missing in the marker');
  }
  cursor.skipSpace();
  return undefined;
}

function readValue(cursor: Cursor): SyntaxProblem | undefined {
  if (cursor.match(VARIABLE) !== undefined) return undefined;
  const start = cursor.at;
  const quoted = cursor.match(QUOTED);
  if (quoted === undefined)
    return cursor.problem('a variable such as python_version, or a text in quotes, is missing in the marker');
  return isPythonString(quoted.slice(1, -1))
    ? undefined
    : new SyntaxProblem('a text in the marker has a wrong escape', start);
}

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

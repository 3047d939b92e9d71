import { Cursor, SyntaxProblem } from './cursor.ts';
import { type Marker, readMarker } from './marker.ts';
import { type Clause, readClause } from './versions.ts';

/** A dependency as PEP 508 writes it. */
export interface Dependency {
  readonly name: string;
  readonly extras: readonly string[];
  /** The version specifier; empty if there is none or a URL. */
  readonly clauses: readonly Clause[];
  readonly url?: string;
  /** The marker as written, without the semicolon. */
  readonly marker?: string;
}

const IDENTIFIER = /[A-Za-z0-9][A-Za-z0-9._-]*/y;

/** Reads a dependency exactly as `packaging` does, which is what pip uses. */
export function parseDependency(text: string): Dependency | SyntaxProblem {
  const cursor = new Cursor(text);
  cursor.skipSpace();
  const name = readIdentifier(cursor);
  if (name === undefined) return cursor.problem('a package name should stand here');
  cursor.skipSpace();
  const extras = readExtras(cursor);
  if (extras instanceof SyntaxProblem) return extras;
  cursor.skipSpace();
  const details = cursor.take('@') ? readUrl(cursor) : readSpecifier(cursor);
  if (details instanceof SyntaxProblem) return details;
  cursor.skipSpace();
  if (cursor.ended()) return { name, extras, ...details };
  if (!cursor.take(';')) return cursor.problem(unexpected(cursor, details));
  const start = cursor.at;
  const marker = readMarker(cursor);
  if (marker instanceof SyntaxProblem) return marker;
  if (!cursor.ended()) return cursor.problem('something follows the marker');
  return { name, extras, ...details, marker: text.slice(start).trim() };
}

/** Reads a marker that is alone. */
export function parseMarker(text: string): Marker | SyntaxProblem {
  const cursor = new Cursor(text);
  const marker = readMarker(cursor);
  return marker instanceof SyntaxProblem || cursor.ended() ? marker : cursor.problem('something follows the marker');
}

function unexpected(cursor: Cursor, details: Pick<Dependency, 'clauses' | 'url'>): string {
  const rest = cursor.text.slice(cursor.at);
  if (rest.startsWith('=')) return 'a single "=" compares nothing; "==" does';
  if (details.url === undefined && rest.startsWith('.*')) return '".*" may follow "==" and "!=" only';
  if (details.url === undefined && rest.startsWith('+'))
    return 'a local version ("+...") may follow "==" and "!=" only';
  return 'a version specifier, or ";" and a marker, should stand here';
}

/** Ends in a letter, a digit or "_", as `\b` in the grammar of `packaging` has it. */
function readIdentifier(cursor: Cursor): string | undefined {
  const found = cursor.match(IDENTIFIER);
  if (found === undefined) return undefined;
  let end = found.length;
  while (found[end - 1] === '.' || found[end - 1] === '-') end -= 1;
  cursor.at -= found.length - end;
  return found.slice(0, end);
}

function readExtras(cursor: Cursor): readonly string[] | SyntaxProblem {
  const extras: string[] = [];
  if (!cursor.take('[')) return extras;
  cursor.skipSpace();
  let extra = readIdentifier(cursor);
  while (extra !== undefined) {
    extras.push(extra);
    cursor.skipSpace();
    if (!cursor.take(',')) break;
    cursor.skipSpace();
    extra = readIdentifier(cursor);
    if (extra === undefined) return cursor.problem('the name of an extra should follow the comma');
  }
  cursor.skipSpace();
  return cursor.take(']') ? extras : cursor.problem('the extras are not closed with "]"');
}

function readUrl(cursor: Cursor): Pick<Dependency, 'clauses' | 'url'> | SyntaxProblem {
  cursor.skipSpace();
  const url = cursor.match(/[^ \t]+/y);
  return url === undefined ? cursor.problem('a URL should follow "@"') : { clauses: [], url };
}

function readSpecifier(cursor: Cursor): Pick<Dependency, 'clauses'> | SyntaxProblem {
  const inParentheses = cursor.take('(');
  if (inParentheses) cursor.skipSpace();
  const clauses: Clause[] = [];
  for (let read = readClause(cursor.text, cursor.at); read !== undefined; read = readClause(cursor.text, cursor.at)) {
    cursor.at = read.end;
    if (read.clause.operator === '===') {
      const split = splitArbitrary(read.clause);
      if (split === undefined) return cursor.problem('a version specifier should stand between the commas');
      clauses.push(...split);
    } else {
      clauses.push(read.clause);
    }
    cursor.skipSpace();
    if (!cursor.take(',')) break;
    cursor.skipSpace();
  }
  if (!inParentheses) return { clauses };
  cursor.skipSpace();
  return cursor.take(')') ? { clauses } : cursor.problem('the version specifier is not closed with ")"');
}

/** "===" takes commas as well, at which `packaging` then splits. */
function splitArbitrary(clause: Clause): readonly Clause[] | undefined {
  const [first = '', ...rest] = clause.version.split(',');
  const clauses: Clause[] = [{ ...clause, version: first }];
  for (const text of rest) {
    if (text === '') continue;
    const read = readClause(text, 0);
    if (read?.end !== text.length) return undefined;
    clauses.push(read.clause);
  }
  return clauses;
}

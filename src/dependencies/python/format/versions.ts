import { compare as order, compareBase, explain, type ExplainedVersion } from './version-order.ts';

/** Operators of PEP 440, the longest first. */
const OPERATORS = ['===', '==', '!=', '~=', '<=', '>=', '<', '>'] as const;
type Operator = (typeof OPERATORS)[number];

/** One clause of a version specifier, e.g. `>=1.0`; `==1.*` has `prefix`. */
export interface Clause {
  readonly operator: Operator;
  /** Without `.*`. */
  readonly version: string;
  readonly prefix: boolean;
}

/**
 * A version of PEP 440, appendix B. Each pattern is used "sticky" and ends in optional parts, so it never has to give back
 * what it took: linear in the length.
 */
const RELEASE = 'v?(?:[0-9]+!)?[0-9]+(?:\\.[0-9]+)*';
const PRE = '(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?[0-9]*)?';
const POST = '(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?';
const DEV = '(?:[-_.]?dev[-_.]?[0-9]*)?';
const LOCAL = '(?:\\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?';
const PATTERNS = {
  equal: new RegExp(`${RELEASE}(?:\\.\\*|${PRE}${POST}${DEV}${LOCAL})`, 'iy'),
  compatible: new RegExp(`${RELEASE}${PRE}${POST}${DEV}`, 'iy'),
  ordered: new RegExp(`${RELEASE}${PRE}${POST}${DEV}`, 'iy'),
  arbitrary: /[^\s;)]*/y,
};

const patternOf = (operator: Operator): RegExp => {
  if (operator === '===') return PATTERNS.arbitrary;
  if (operator === '==' || operator === '!=') return PATTERNS.equal;
  return operator === '~=' ? PATTERNS.compatible : PATTERNS.ordered;
};

/**
 * Reads the clause that begins at an offset, as `packaging` (pip's own library) takes it.
 *
 * @returns the clause and the offset behind it
 */
export function readClause(text: string, from: number): { readonly clause: Clause; readonly end: number } | undefined {
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, from));
  if (operator === undefined) return undefined;
  let start = from + operator.length;
  while (/\s/.test(text.charAt(start))) start += 1;
  const found = matchAt(patternOf(operator), text, start);
  if (found === undefined) return undefined;
  const prefix = operator !== '===' && found.endsWith('.*');
  const version = prefix ? found.slice(0, -2) : found;
  // At least two numbers: ~=1 would say nothing (PEP 440, "Compatible release").
  if (operator === '~=' && !/^v?(?:[0-9]+!)?[0-9]+\.[0-9]/i.test(version)) return undefined;
  return { clause: { operator, version, prefix }, end: start + found.length };
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** The clause as PEP 440 writes it. */
export const showClause = ({ operator, version, prefix }: Clause): string =>
  `${operator}${version}${prefix ? '.*' : ''}`;

/** Whether a string is one whole version of PEP 440. */
export const isVersion = (text: string): boolean => matchAt(PATTERNS.equal, text, 0) === text && !text.endsWith('.*');

/**
 * Versions that can be compared: the numbers fit into a double, and the length bounds the work. No index has a
 * longer one.
 */
const isComparable = (version: string): boolean =>
  version.length <= 128 && isVersion(version) && !/[0-9]{16}/.test(version);

/** Order of two versions as PEP 440 has it; undefined if one is not a version. */
export const compareVersions = (a: string, b: string): number | undefined =>
  isComparable(a) && isComparable(b) ? compare(a, b) : undefined;

/** Of two comparable versions. */
function compare(a: string, b: string): number {
  const [one, other] = [explain(a), explain(b)];
  return one === undefined || other === undefined ? 0 : order(one, other);
}

/** Whether a clause admits a version, pre-releases as well (PEP 440, "Version specifiers"). */
export function admits(clause: Clause, version: string): boolean {
  const { operator } = clause;
  if (operator === '===') return clause.version.toLowerCase() === version.toLowerCase();
  if (!isComparable(version) || !isComparable(clause.version)) return false;
  switch (operator) {
    case '==':
      return equals(clause, version);
    case '!=':
      return !equals(clause, version);
    case '~=':
      return (
        compare(publicOf(version), clause.version) >= 0 &&
        equals({ operator: '==', version: compatiblePrefix(clause.version), prefix: true }, version)
      );
    case '>=':
      return compare(publicOf(version), clause.version) >= 0;
    case '<=':
      return compare(publicOf(version), clause.version) <= 0;
    case '>':
      return isAfter(version, clause.version);
    case '<':
      return isBefore(version, clause.version);
  }
}

function equals({ version: wanted, prefix }: Clause, version: string): boolean {
  if (!prefix) return compare(wanted.includes('+') ? version : publicOf(version), wanted) === 0;
  const [want, have] = [explain(wanted), explain(version)];
  if (want === undefined || have?.epoch !== want.epoch) return false;
  return want.release.every((number, index) => number === (have.release[index] ?? 0));
}

/** Not a post-release or local version of what it must be later than. */
function isAfter(version: string, bound: string): boolean {
  if (compare(version, bound) <= 0) return false;
  const [have, limit] = [explain(version), explain(bound)];
  if (have === undefined || limit === undefined) return false;
  const sameBase = compareBase(have, limit) === 0;
  if (limit.post === undefined && have.post !== undefined && sameBase) return false;
  return !(version.includes('+') && sameBase);
}

/** Not a pre-release of what it must be earlier than. */
function isBefore(version: string, bound: string): boolean {
  if (compare(version, bound) >= 0) return false;
  const [have, limit] = [explain(version), explain(bound)];
  if (have === undefined || limit === undefined) return false;
  return isPrerelease(limit) || !isPrerelease(have) || compareBase(have, limit) !== 0;
}

const isPrerelease = ({ pre, dev }: ExplainedVersion): boolean => pre !== undefined || dev !== undefined;

const publicOf = (version: string): string => version.split('+', 1)[0] ?? version;

/** `2.2.post3` gives `2`, as ~=2.2.post3 means >=2.2.post3, ==2.* (PEP 440). */
function compatiblePrefix(version: string): string {
  const explained = explain(version);
  if (explained === undefined) return version;
  return `${explained.epoch === 0 ? '' : `${explained.epoch}!`}${explained.release.slice(0, -1).join('.')}`;
}

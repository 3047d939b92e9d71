import { normalizeName } from '../dependencies/python/format/names.ts';
import { admits, compareVersions, readClause, type Clause } from '../dependencies/python/format/versions.ts';
import { LanguageRows } from '../function/languages.ts';
import semver, { Range } from 'semver';

/** Versions that a range holds. */
export type HoldsVersion = (version: string) => boolean;

/** How a language's registry names packages and orders versions. */
export interface Ecosystem {
  /** As OSV writes it: https://ossf.github.io/osv-schema/#affectedpackage-field */
  readonly osv: string;
  readonly normalizeName: (name: string) => string;
  /** As `Array.sort` wants it; undefined if one of them is not a version. */
  readonly compare: (a: string, b: string) => number | undefined;
  /** Reads a range as authors write it; undefined if it is not one. */
  readonly readRange: (text: string) => HoldsVersion | undefined;
  /** For a message about a range. */
  readonly exampleRange: string;
}

/** Of a version or a range. semver reads 256 characters of a version. */
export const LONGEST_VERSION = 256;

const NPM: Ecosystem = {
  osv: 'npm',
  // npm tells upper and lower case apart: JSONStream and jsonstream are two packages.
  normalizeName: (name) => name.trim(),
  compare: (a, b) => {
    const [one, other] = [semver.parse(a, { loose: true }), semver.parse(b, { loose: true })];
    return one === null || other === null ? undefined : semver.compare(one, other);
  },
  readRange: (text) => {
    try {
      // A prerelease between two denied versions is denied as well.
      const range = new Range(text, { loose: true, includePrerelease: true });
      return (version) => range.test(version);
    } catch {
      return undefined;
    }
  },
  exampleRange: '1.14.1 || >=0.30.4 <0.31.0',
};

const PYPI: Ecosystem = {
  osv: 'PyPI',
  normalizeName,
  compare: compareVersions,
  readRange: (text) => {
    const clauses = readClauses(text);
    return clauses && ((version) => clauses.every((clause) => admits(clause, version)));
  },
  exampleRange: '>=2.1,<2.1.4',
};

export const ECOSYSTEMS = new LanguageRows<Ecosystem>('src/denied', { nodejs: NPM, python: PYPI });

function readClauses(text: string): readonly Clause[] | undefined {
  const clauses: Clause[] = [];
  let at = 0;
  const skipBlanks = (): void => {
    while (text.charAt(at) === ' ') at += 1;
  };
  skipBlanks();
  while (at < text.length) {
    const read = readClause(text, at);
    if (read === undefined) return undefined;
    clauses.push(read.clause);
    at = read.end;
    skipBlanks();
    if (at === text.length) return clauses;
    if (text.charAt(at) !== ',') return undefined;
    at += 1;
    skipBlanks();
  }
  return undefined;
}

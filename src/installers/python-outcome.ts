import { SyntaxProblem } from '../dependencies/python/format/cursor.ts';
import { withoutFragment, withoutUser } from '../dependencies/python/format/addresses.ts';
import { evaluateMarker, type MarkerEnvironment } from '../dependencies/python/format/marker-value.ts';
import { normalizeName } from '../dependencies/python/format/names.ts';
import { parseDependency, parseMarker } from '../dependencies/python/format/pep508.ts';
import { admits } from '../dependencies/python/format/versions.ts';
import type { ExpectedPackage, ExpectedPackages } from '../dependencies/python/expected.ts';

/** A distribution by its metadata on the disk. */
export interface InstalledDistribution {
  readonly name: string;
  readonly version: string;
  /** The address that it was installed from; absent if an index gave it. */
  readonly origin?: string;
}

/**
 * How an installation differs from what was judged; undefined if it does not. buildless_install/outcome.py does the same for pip,
 * which reports the hash of each file as well; uv has checked them and keeps none. Files: `differenceFromRecords`.
 */
export function differenceFromExpected(
  { complete, packages, constraints, origins }: ExpectedPackages,
  installed: readonly InstalledDistribution[],
  environment: MarkerEnvironment,
): string | undefined {
  const byName = new Map<string, ExpectedPackage[]>();
  for (const expected of packages) {
    const known = byName.get(expected.name);
    if (known === undefined) byName.set(expected.name, [expected]);
    else known.push(expected);
  }
  const names = new Set<string>();
  // A wheel of the source has an address of its own (file:), which the source does not name.
  const named = new Set(origins.map(decoded));
  for (const { name, version, origin } of installed) {
    const normal = normalizeName(name);
    if (names.has(normal)) return `${name} was installed twice`;
    names.add(normal);
    const expected = byName.get(normal) ?? [];
    if (expected.length === 0 && complete) return `${name} ${version} is not in the lock`;
    const constraint = Object.hasOwn(constraints, normal) ? constraints[normal] : undefined;
    if (constraint !== undefined && !satisfies({ name: normal, specifiers: constraint }, version))
      return `${name} ${version} was installed instead of ${constraint}`;
    const wrong = expected.filter((each) => !satisfies(each, version));
    const always =
      wrong.find(({ marker }) => marker === '') ?? (wrong.length === expected.length ? wrong[0] : undefined);
    if (always !== undefined) return `${name} ${version} was installed instead of ${always.specifiers}`;
    const isNamed = origin === undefined || named.has(decoded(plain(origin))) || origin.startsWith('file:');
    if (
      expected.length === 0
        ? !isNamed
        : !expected.some(({ url }) => (url === undefined ? isNamed : comesFrom(url, origin)))
    )
      return `${name} ${version} was installed from ${origin === undefined ? 'an index' : plain(origin)}`;
  }
  for (const [name, alternatives] of byName) {
    if (!names.has(name) && alternatives.some(({ marker }) => holds(marker, environment))) {
      return `${name} was not installed`;
    }
  }
  return undefined;
}

const comesFrom = (url: string, origin: string | undefined): boolean =>
  origin !== undefined && decoded(plain(origin)) === decoded(url);

const plain = (url: string): string => withoutUser(withoutFragment(url));

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function satisfies({ name, specifiers }: Pick<ExpectedPackage, 'name' | 'specifiers'>, version: string): boolean {
  const read = parseDependency(`${name}${specifiers}`);
  return !(read instanceof SyntaxProblem) && read.clauses.every((clause) => admits(clause, version));
}

/** What depends on something unknown may be missing. */
function holds(text: string, environment: MarkerEnvironment): boolean {
  if (text === '') return true;
  const marker = parseMarker(text);
  return !(marker instanceof SyntaxProblem) && evaluateMarker(marker, environment) === true;
}

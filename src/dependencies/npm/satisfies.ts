import semver from 'semver';

/** A release without prerelease and build parts. */
export interface Release {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

const ZERO = 48;
/** More digits may not be a safe integer. */
const MOST_DIGITS = 15;

/** Reads `1.2.3` from an offset to the end of a text; anything else is undefined. */
export function parseRelease(text: string, from = 0): Release | undefined {
  const numbers = [0, 0, 0];
  let part = 0;
  let digits = 0;
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 46) {
      if (digits === 0 || part === 2) return undefined;
      part += 1;
      digits = 0;
      continue;
    }
    const digit = code - ZERO;
    const number = numbers[part] ?? 0;
    // A leading zero is for semver to judge.
    if (digit < 0 || digit > 9 || digits >= MOST_DIGITS || (digits > 0 && number === 0)) return undefined;
    numbers[part] = number * 10 + digit;
    digits += 1;
  }
  const [major = 0, minor = 0, patch = 0] = numbers;
  return part === 2 && digits > 0 ? { major, minor, patch } : undefined;
}

/**
 * Answers for the few forms that nearly every entry of a lock has (`^1.2.3`, `~1.2.3`, `1.2.3`), as semver takes tens of
 * microseconds for a range it has not seen and a lock has thousands; undefined means: ask semver.
 */
export function satisfiesPlainly(release: Release, range: string): boolean | undefined {
  const operator = range.charAt(0);
  const marked = operator === '^' || operator === '~';
  const wanted = parseRelease(range, marked ? 1 : 0);
  if (wanted === undefined) return undefined;
  const { major, minor, patch } = wanted;
  if (release.major !== major) return false;
  if (!marked) return release.minor === minor && release.patch === patch;
  if (operator === '~') return release.minor === minor && release.patch >= patch;
  if (major > 0) return release.minor > minor || (release.minor === minor && release.patch >= patch);
  if (release.minor !== minor) return false;
  return minor > 0 ? release.patch >= patch : release.patch === patch;
}

/** Whether a version is in a range, both read loosely as npm does. */
export function satisfies(version: string, release: Release | undefined, range: string): boolean {
  const plain = release === undefined ? undefined : satisfiesPlainly(release, range);
  return plain ?? semver.satisfies(version, range, { loose: true });
}

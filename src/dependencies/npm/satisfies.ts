import semver from 'semver';

/** A release without prerelease and build parts. */
export interface Release {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

const [ZERO, DOT, STAR, CARET, TILDE, GREATER, EQUALS] = [48, 46, 42, 94, 126, 62, 61] as const;
/** More digits may not be a safe integer. */
const MOST_DIGITS = 15;

/** Reads `1.2.3` from an offset to the end of a text; anything else is undefined. */
export function parseRelease(text: string, from = 0): Release | undefined {
  let major = 0;
  let minor = 0;
  let number = 0;
  let dots = 0;
  let digits = 0;
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9) {
      // A leading zero is for semver to judge.
      if (digits >= MOST_DIGITS || (digits > 0 && number === 0)) return undefined;
      number = number * 10 + digit;
      digits += 1;
      continue;
    }
    if (code !== DOT || digits === 0 || dots === 2) return undefined;
    if (dots === 0) major = number;
    else minor = number;
    dots += 1;
    number = 0;
    digits = 0;
  }
  return dots === 2 && digits > 0 ? { major, minor, patch: number } : undefined;
}

/**
 * Answers for the few forms that nearly every entry of a lock has (`^1.2.3`, `~1.2.3`, `>=1.2.3`, `1.2.3`, `*`), as
 * semver takes tens of microseconds for a range it has not seen and a lock has thousands; undefined means: ask semver.
 */
export function satisfiesPlainly(release: Release, range: string): boolean | undefined {
  const first = range.charCodeAt(0);
  if (first === STAR && range.length === 1) return true;
  const isMinimum = first === GREATER && range.charCodeAt(1) === EQUALS;
  const wanted = parseRelease(range, isMinimum ? 2 : first === CARET || first === TILDE ? 1 : 0);
  if (wanted === undefined) return undefined;
  const { major, minor, patch } = wanted;
  const isLater = release.minor > minor || (release.minor === minor && release.patch >= patch);
  if (isMinimum) return release.major > major || (release.major === major && isLater);
  if (release.major !== major) return false;
  if (first === TILDE) return release.minor === minor && release.patch >= patch;
  if (first !== CARET) return release.minor === minor && release.patch === patch;
  if (major > 0) return isLater;
  return release.minor === minor && (minor > 0 ? release.patch >= patch : release.patch === patch);
}

/** Whether a version is in a range, both read loosely as npm does. */
export function satisfies(version: string, release: Release | undefined, range: string): boolean {
  const plain = release === undefined ? undefined : satisfiesPlainly(release, range);
  return plain ?? semver.satisfies(version, range, { loose: true });
}
